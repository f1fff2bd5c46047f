/** What is read for a person who opens an address: it must not tell what others were asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, ConfigMap } from '../../../src/api/objects.ts'
import { digestOf } from '../../../src/core/approval/digest.ts'
import { createLookUp } from '../../../src/inbox/look-up.ts'
import type { LookUp } from '../../../src/inbox/look-up.ts'
import { createPrompts } from '../../../src/inbox/prompts.ts'
import type { Prompts } from '../../../src/inbox/prompts.ts'
import { refOf } from '../../../src/inbox/question.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { anApprovalRequest } from '../../support/builders.ts'
import { at, manualClock } from '../../support/clock.ts'
import { inMemoryResource } from '../../support/in-memory-resource.ts'
import type { InMemoryResource } from '../../support/in-memory-resource.ts'
import { aRing, unchanging } from '../../support/key-ring.ts'

const request = anApprovalRequest().pending()
const address = { namespace: 'demo', name: 'foo-v2' }
const unknown = { namespace: 'demo', name: 'nothing' }

test('another person’s request costs the same reads as one that does not exist', async () => {
  const { lookUp, reads } = await asked()
  assert.equal(await lookUp(address, person('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, person('bob')), undefined)
  const none = reads()
  assert.deepEqual(others, none)
  assert.equal(others.length, 1)
})

test('another person’s request costs the same reads for somebody with requests of her own', async () => {
  const { lookUp, reads, prompts } = await asked()
  const ref = { namespace: 'demo', name: 'own', uid: 'uid-of-own' }
  await prompts.keep(promptFor(request, { ref, subject: 'bob' }))
  reads()
  assert.equal(await lookUp(address, person('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, person('bob')), undefined)
  assert.deepEqual(others, reads())
})

test('another person’s deleted request costs the same reads too', async () => {
  const { lookUp, reads, requests } = await asked()
  requests.remove('foo-v2')
  assert.equal(await lookUp(address, person('bob')), undefined)
  const others = reads()
  assert.equal(await lookUp(unknown, person('bob')), undefined)
  assert.deepEqual(others, reads())
})

test('the approver of a deleted request is told so', async () => {
  const { lookUp, requests } = await asked()
  requests.remove('foo-v2')
  assert.equal((await lookUp(address, person('alice')))?.question.kind, 'Gone')
})

test('the approver of a deleted request learns nothing of the one that took its name', async () => {
  const { lookUp, requests } = await asked()
  requests.put(request.named('foo-v2', 'another'))
  const found = await lookUp(address, person('alice'))
  assert.deepEqual([found?.question.kind, found && 'request' in found], ['Gone', false])
})

test('of two requests of one name the living one is found', async () => {
  const { lookUp, requests, prompts } = await asked()
  const newer = request.named('foo-v2', 'newer')
  requests.put(newer)
  await prompts.keep(promptFor(newer, { expiresAt: at(60) }))
  const found = await lookUp(address, person('alice'))
  assert.deepEqual([found?.question.kind, found?.prompt.ref.uid], ['Open', 'newer'])
})

type Asked = {
  readonly lookUp: LookUp
  readonly prompts: Prompts
  readonly requests: InMemoryResource<ApprovalRequest>
  /** Since it was called last. */
  readonly reads: () => readonly string[]
}

/** Alice was asked. */
async function asked(): Promise<Asked> {
  const requests = inMemoryResource<ApprovalRequest>()
  requests.put(request)
  const configMaps = inMemoryResource<ConfigMap>()
  const prompts = createPrompts({
    ...{ configMaps, namespace: 'countersign-system', claimSeconds: 30 },
    ...{ sealer: sealerWith(unchanging(aRing())), onKept: () => undefined, onUnreadable: () => undefined },
  })
  await prompts.keep(promptFor(request))
  const read: string[] = []
  const reading =
    (what: string) =>
    ({ verb }: { verb: string }) =>
      read.push(`${verb} ${what}`)
  requests.interpose({ before: reading('requests') })
  configMaps.interpose({ before: reading('configmaps') })
  const lookUp = createLookUp({ requests, prompts, clock: manualClock(), claimSeconds: 30 })
  return { lookUp, prompts, requests, reads: () => read.splice(0) }
}

type Prompt = Parameters<Prompts['keep']>[0]

function promptFor(of: ApprovalRequest, changes: Partial<Prompt> = {}): Prompt {
  const state = { kind: 'Waiting', bearer: 'b' } as const
  const about = { ref: refOf(of), digest: digestOf(of), subject: 'alice', expiresAt: at(600) }
  return { ...about, takesChanges: false, state, ...changes }
}

function person(subject: string): Parameters<LookUp>[1] {
  return { issuer: 'i', subject, name: undefined, preferredUsername: undefined, authTime: undefined }
}
