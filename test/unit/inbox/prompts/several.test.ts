/** Several prompts of one request, and entries that the version before has written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap } from '../../../../src/api/objects.ts'
import type { Sealer } from '../../../../src/core/ports/sealing.ts'
import { entryFor } from '../../../../src/inbox/prompts/entry.ts'
import type { NewPrompt, TrackedPrompt } from '../../../../src/inbox/prompts/state.ts'
import { createPrompts } from '../../../../src/inbox/prompts/store.ts'
import type { Prompts } from '../../../../src/inbox/prompts/store.ts'
import { sealerWith } from '../../../../src/sealing/seals.ts'
import { aRing, unchanging } from '../../../support/builders/key-ring.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

const namespace = 'countersign-system'
const address = { namespace: 'demo', name: 'foo-v2' }
const approve = { decision: 'approve', at: at(1) } as const

test('a second approver’s prompt does not take the place of the first one’s', async () => {
  const { prompts, find } = anInbox()
  await prompts.keep(promptOf('alice', 'approver-1'))
  await prompts.keep(promptOf('bob', 'approver-2'))
  const [alice, bob] = [await find('alice'), await find('bob')]
  assert.deepEqual(
    [alice, bob].map(({ ref, state }) => [ref.prompt, state]),
    [
      ['approver-1', { kind: 'Waiting', bearer: 'bearer-of-alice' }],
      ['approver-2', { kind: 'Waiting', bearer: 'bearer-of-bob' }],
    ],
  )
})

test('one approver’s answer leaves the other prompt as it is', async () => {
  const { prompts, find } = anInbox()
  await prompts.keep(promptOf('alice', 'approver-1'))
  await prompts.keep(promptOf('bob', 'approver-2'))
  const claimed = await prompts.claim(await find('bob'), approve)
  assert.ok(claimed)
  await prompts.settle(claimed, { kind: 'Answered', given: approve })
  assert.equal((await find('alice')).state.kind, 'Waiting')
  assert.equal((await find('bob')).state.kind, 'Answered')
})

test('another attempt of the second prompt takes the place of that one alone', async () => {
  const { prompts, configMaps, find } = anInbox()
  await prompts.keep(promptOf('alice', 'approver-1'))
  await prompts.keep(promptOf('bob', 'approver-2'))
  await prompts.keep({ ...promptOf('bob', 'approver-2'), state: { kind: 'Waiting', bearer: 'again' } })
  assert.deepEqual((await find('bob')).state, { kind: 'Waiting', bearer: 'again' })
  assert.equal((await find('alice')).state.kind, 'Waiting')
  assert.equal(configMaps.cache.size, 2)
})

for (const [name, put] of [
  ['the first one’s', 'inbox-prompt-a-uid'],
  ['a third one’s', 'inbox-prompt-a-uid.approver-3'],
] as const)
  test(`the second prompt’s entry under ${name} name does not open`, async () => {
    const { configMaps, prompts, sealer } = anInbox()
    const entry = await entryFor(promptOf('bob', 'approver-2'), namespace, sealer)
    assert.equal(entry.metadata.name, 'inbox-prompt-a-uid.approver-2')
    configMaps.put({ ...entry, metadata: { ...entry.metadata, name: put } })
    await assert.rejects(prompts.findAbout('bob', address), { code: 'ERR_PROMPT_STORE' })
  })

test('a prompt that the version before kept is shown, answered and settled', async () => {
  const { configMaps, prompts, find, sealer } = anInbox()
  configMaps.put(await keptByTheVersionBefore(sealer))
  const [listed] = await prompts.listAnswerable('alice', t(0))
  const found = await find('alice')
  assert.deepEqual(listed, found)
  assert.deepEqual(found.ref, { ...address, uid: 'a-uid', prompt: 'approver-1' })
  const claimed = await prompts.claim(found, approve)
  assert.deepEqual(claimed?.answerable, { bearer: 'bearer-of-alice', unconfirmed: undefined })
  await prompts.settle(claimed, { kind: 'Answered', given: approve })
  assert.deepEqual((await find('alice')).state, { kind: 'Answered', given: approve })
  assert.equal(configMaps.cache.size, 1)
})

test('another attempt takes the place of a prompt that the version before kept', async () => {
  const { configMaps, prompts, find, sealer } = anInbox()
  configMaps.put(await keptByTheVersionBefore(sealer))
  await prompts.keep({ ...promptOf('alice', 'approver-1'), state: { kind: 'Waiting', bearer: 'again' } })
  assert.deepEqual((await find('alice')).state, { kind: 'Waiting', bearer: 'again' })
  assert.equal(configMaps.cache.size, 1)
})

test('a replica of the version before opens what this one keeps of the first prompt', async () => {
  const { configMaps, prompts, sealer } = anInbox()
  await prompts.keep(promptOf('alice', 'approver-1'))
  const entry = configMaps.held('inbox-prompt-a-uid')
  const opened = await sealer.open({ purpose: 'inbox-prompt', uid: 'a-uid' }, entry?.data?.prompt ?? '')
  assert.equal(opened.kind, 'Opened')
})

/** It knew one prompt for each request: no id in the reference, none in the seal. */
async function keptByTheVersionBefore(sealer: Sealer): Promise<ConfigMap> {
  const { ref, ...prompt } = promptOf('alice', 'approver-1')
  const { metadata, ...entry } = await entryFor({ ...prompt, ref }, namespace, sealer)
  const payload = { ...prompt, ref: { namespace: ref.namespace, name: ref.name, uid: ref.uid } }
  const seal = await sealer.seal({ purpose: 'inbox-prompt', uid: ref.uid }, payload)
  return { ...entry, metadata: { ...metadata, name: 'inbox-prompt-a-uid' }, data: { prompt: seal } }
}

function promptOf(subject: string, prompt: string): NewPrompt {
  return {
    ...{ ref: { ...address, uid: 'a-uid', prompt }, digest: 'sha256:d', subject, expiresAt: at(60) },
    takesChanges: false,
    state: { kind: 'Waiting', bearer: `bearer-of-${subject}` },
  }
}

type Inbox = {
  readonly configMaps: InMemoryResource<ConfigMap>
  readonly prompts: Prompts
  readonly sealer: Sealer
  readonly find: (subject: string) => Promise<TrackedPrompt>
}

function anInbox(): Inbox {
  const configMaps = inMemoryResource<ConfigMap>()
  const sealer = sealerWith(unchanging(aRing()))
  const prompts = createPrompts({
    ...{ configMaps, sealer, namespace, claimSeconds: 30 },
    onKept: () => undefined,
    onUnreadable: () => undefined,
  })
  const find = async (subject: string): Promise<TrackedPrompt> => {
    const [found] = await prompts.findAbout(subject, address)
    return found ?? assert.fail(`${subject} was not asked`)
  }
  return { configMaps, prompts, sealer, find }
}
