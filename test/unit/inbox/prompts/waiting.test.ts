/** The list of what waits for a person, whatever else that person was asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import type { Given } from '../../../../src/inbox/prompts/state.ts'
import { listPage } from '../../../../src/inbox/views/list.ts'
import { waitingFor } from '../../../../src/inbox/prompts/waiting.ts'
import type { Waiting } from '../../../../src/inbox/prompts/waiting.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { anInboxStore, personOf, promptAbout } from '../../../support/worlds/inbox-prompts.ts'
import type { InboxStore } from '../../../support/worlds/inbox-prompts.ts'

const alice = personOf('alice')

test('every open request is listed, beyond one page of the API server', async () => {
  const store = anInboxStore()
  await ask(store, 120, { name: 'open' })
  await ask(store, 700, { name: 'deleted', end: 'Deleted' })
  const names = new Set<string>()
  for (let page = 0; page < 3; page++)
    for (const name of namesIn(await waitingFor(alice, store))) names.add(name)
  assert.equal(names.size, 120)
})

for (const [what, end] of [
  ['answered', answerAll],
  ['whose provider took no answer', refuseAll],
] as const)
  test(`requests that are ${what} hide nothing, and are not read`, async () => {
    const store = anInboxStore()
    await ask(store, 60, { name: 'done' })
    await end(store)
    await ask(store, 3, { name: 'open' })
    const before = store.requests.calls.length
    assert.deepEqual(namesIn(await waitingFor(alice, store)), ['open-0', 'open-1', 'open-2'])
    assert.equal(store.requests.calls.length - before, 3)
  })

test('prompts that expired hide nothing, and are not read', async () => {
  const store = anInboxStore()
  for (let index = 0; index < 60; index++) {
    const request = anApprovalRequest().named(`done-${index}`, `uid-${index}`)
    await store.prompts.keep(promptAbout(request, { expiresAt: at(60) }))
  }
  await ask(store, 1, { name: 'open' })
  store.clock.advance(60)
  assert.deepEqual(namesIn(await waitingFor(alice, store)), ['open-0'])
  assert.equal(store.requests.calls.length, 1)
})

for (const end of ['Deleted', 'Replaced', 'Finished', 'BeingDeleted'] as const)
  test(`an ended request is read once, and its entry goes an hour later: ${end}`, async () => {
    const store = anInboxStore()
    await ask(store, 1, { name: 'ended', end })
    assert.deepEqual(await waitingFor(alice, store), { open: [], more: 0 })
    const reads = store.requests.calls.length
    assert.deepEqual(await waitingFor(alice, store), { open: [], more: 0 })
    assert.equal(store.requests.calls.length, reads)
    assert.equal(store.kept.at(-1)?.metadata.annotations?.['countersign.dev/delete-after'], at(3600))
  })

test('an answered entry goes an hour after the answer', async () => {
  const store = anInboxStore()
  await ask(store, 1, { name: 'done' })
  await answerAll(store)
  assert.equal(store.kept.at(-1)?.metadata.annotations?.['countersign.dev/delete-after'], at(1 + 3600))
})

test('an answer that nobody confirmed keeps its place in the list', async () => {
  const store = anInboxStore()
  await ask(store, 1, { name: 'open' })
  await settleAll(store, (given) => ({ kind: 'Waiting', bearer: 'b', unconfirmed: given }))
  assert.deepEqual(namesIn(await waitingFor(alice, store)), ['open-0'])
})

test('a list that cannot clear away what has ended is right all the same', async () => {
  const store = anInboxStore()
  await ask(store, 2, { name: 'ended', end: 'Deleted' })
  await ask(store, 1, { name: 'open' })
  store.configMaps.interpose({
    before: ({ verb }) => {
      if (verb === 'replace') throw new Error('the API server is away')
    },
  })
  assert.deepEqual(namesIn(await waitingFor(alice, store)), ['open-0'])
})

test('the request that expires first is at the top', async () => {
  const store = anInboxStore()
  for (const [name, expiresAt] of [
    ['late', at(500)],
    ['soon', at(100)],
    ['between', at(300)],
  ] as const) {
    const request = store.requests.put(anApprovalRequest().named(name, name).pending())
    await store.prompts.keep(promptAbout(request, { expiresAt }))
  }
  assert.deepEqual(namesIn(await waitingFor(alice, store)), ['soon', 'between', 'late'])
})

test('more than one page holds: the page says how many more there are', async () => {
  const store = anInboxStore()
  await ask(store, 237, { name: 'open' })
  const waiting = await waitingFor(alice, store)
  assert.deepEqual([waiting.open.length, waiting.more], [200, 37])
  assert.match(
    await textOf(waiting),
    /Waiting for you: 200 .*Up to 37 more wait for you\. Answer some of these, then load this page again to see them\./,
  )
})

test('a page that found nothing open yet sends nobody away', async () => {
  const store = anInboxStore()
  await ask(store, 450, { name: 'ended', end: 'Deleted' })
  const text = await textOf(await waitingFor(alice, store))
  assert.match(text, /Up to 50 more wait for you\. Load this page again to see them\./)
  assert.doesNotMatch(text, /Nothing waits/)
  assert.match(await textOf(await waitingFor(alice, store)), /Nothing waits for your answer\./)
})

type End = 'Open' | 'Deleted' | 'Replaced' | 'Finished' | 'BeingDeleted'

type Asked = { readonly name: string; readonly end?: End }

async function ask(store: InboxStore, count: number, { name, end = 'Open' }: Asked): Promise<void> {
  for (let index = 0; index < count; index++) {
    const request = anApprovalRequest().named(`${name}-${index}`, `uid-${name}-${index}`).pending()
    const live = {
      Open: request,
      Deleted: undefined,
      Replaced: request.named(request.metadata.name, 'another'),
      Finished: anApprovalRequest()
        .named(request.metadata.name, request.metadata.uid)
        .finished('AccessDenied'),
      BeingDeleted: request.deletedAt(at(0)),
    } satisfies Record<End, ApprovalRequest | undefined>
    if (live[end] !== undefined) store.requests.put(live[end])
    await store.prompts.keep(promptAbout(request))
  }
}

type Settled = Parameters<InboxStore['prompts']['settle']>[1]

async function settleAll(
  { prompts, clock }: InboxStore,
  stateAfter: (given: Given) => Settled,
): Promise<void> {
  const given = { decision: 'approve', at: at(1) } as const
  for (const prompt of await prompts.listAnswerable('alice', clock.now())) {
    const claimed = await prompts.claim(prompt, given)
    assert.ok(claimed)
    await prompts.settle(claimed, stateAfter(given))
  }
}

function answerAll(store: InboxStore): Promise<void> {
  return settleAll(store, (given) => ({ kind: 'Answered', given }))
}

function refuseAll(store: InboxStore): Promise<void> {
  return settleAll(store, () => ({ kind: 'Refused' }))
}

function namesIn({ open }: Waiting): readonly string[] {
  return open.map(({ request }) => request.metadata.name)
}

async function textOf(waiting: Waiting): Promise<string> {
  const page = String(await listPage({ ...waiting, person: alice, now: new Date(at(0)) }))
  return page.replaceAll(/<style>[^]*<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}
