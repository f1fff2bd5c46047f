/** What is read for a person who opens an address: it must not tell what others were asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLookUp } from '../../../../src/inbox/prompts/look-up.ts'
import type { LookUp } from '../../../../src/inbox/prompts/look-up.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { anInboxStore, personOf, promptAbout } from '../../../support/worlds/inbox-prompts.ts'
import type { InboxStore } from '../../../support/worlds/inbox-prompts.ts'

const request = anApprovalRequest().pending()
const address = { namespace: 'demo', name: 'foo-v2' }
const unknown = { namespace: 'demo', name: 'nothing' }

test('another person’s request costs the same reads as one that does not exist', async () => {
  const { lookUp, reads } = await asked()
  assert.equal(await lookUp(address, personOf('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, personOf('bob')), undefined)
  const none = reads()
  assert.deepEqual(others, none)
  assert.equal(others.length, 1)
})

test('another person’s request costs the same reads for somebody with requests of her own', async () => {
  const { lookUp, reads, prompts } = await asked()
  const ref = { namespace: 'demo', name: 'own', uid: 'uid-of-own', prompt: 'approver-1' }
  await prompts.keep(promptAbout(request, { ref, subject: 'bob' }))
  reads()
  assert.equal(await lookUp(address, personOf('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, personOf('bob')), undefined)
  assert.deepEqual(others, reads())
})

test('another person’s deleted request costs the same reads too', async () => {
  const { lookUp, reads, requests } = await asked()
  requests.remove('foo-v2')
  assert.equal(await lookUp(address, personOf('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, personOf('bob')), undefined)
  assert.deepEqual(others, reads())
})

test('the approver of a deleted request is told so', async () => {
  const { lookUp, requests } = await asked()
  requests.remove('foo-v2')
  assert.equal((await lookUp(address, personOf('alice')))?.question.kind, 'Gone')
})

test('the approver of a deleted request learns nothing of the one that took its name', async () => {
  const { lookUp, requests } = await asked()
  requests.put(request.named('foo-v2', 'another'))
  const found = await lookUp(address, personOf('alice'))
  assert.deepEqual([found?.question.kind, found && 'request' in found], ['Gone', false])
})

test('of two requests of one name the living one is found', async () => {
  const { lookUp, requests, prompts } = await asked()
  const newer = request.named('foo-v2', 'newer')
  requests.put(newer)
  await prompts.keep(promptAbout(newer, { expiresAt: at(60) }))
  const found = await lookUp(address, personOf('alice'))
  assert.deepEqual([found?.question.kind, found?.prompt.ref.uid], ['Open', 'newer'])
})

type Asked = InboxStore & {
  readonly lookUp: LookUp
  /** Since it was called last. */
  readonly reads: () => readonly string[]
}

/** Alice was asked. */
async function asked(): Promise<Asked> {
  const store = anInboxStore()
  store.requests.put(request)
  await store.prompts.keep(promptAbout(request))
  const read: string[] = []
  const reading =
    (what: string) =>
    ({ verb }: { verb: string }) =>
      read.push(`${verb} ${what}`)
  store.requests.interpose({ before: reading('requests') })
  store.configMaps.interpose({ before: reading('configmaps') })
  return { ...store, lookUp: createLookUp(store), reads: () => read.splice(0) }
}
