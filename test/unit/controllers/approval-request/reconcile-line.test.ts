/** A provider that has as many requests under way as one may have: the next ones stand in line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Place } from '../../../../src/runtime/places.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { holdingToken } from '../../../support/builders/unverified-token.ts'
import { verified } from '../../../support/fakes/providers/port.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const full = 'as many requests are under way at IdentityProvider company as it may have now; '

const prompt = { provider: 'company', purpose: 'Prompt' } as const
const token = { provider: 'company', purpose: 'Token' } as const

function of(request: string): Place {
  return { request, prompt: 'p' }
}

/** Of whose four workers two may wait for one provider, and both do. */
function aFullWorld(): World {
  const world = aWorld(anApprovalRequest())
  for (const key of ['other/1', 'other/2']) world.dependencies.places.take(prompt, of(key))
  return world
}

/** It has stood in line for fifteen seconds there. */
async function aWaitingWorld(): Promise<World> {
  const world = aFullWorld()
  await world.pass()
  world.clock.advance(15)
  await world.pass()
  return world
}

test('a new request that has a place within fifteen seconds writes nothing before', async () => {
  const world = aFullWorld()
  const result = await world.pass()
  assert.deepEqual(result, { kind: 'RequeueAt', at: new Date(world.clock.now().getTime() + 5000) })
  world.clock.advance(14)
  await world.pass()
  assert.deepEqual([world.writes().status, world.openid.prompts.length], [0, 0])
  world.dependencies.places.leave(of('other/1'))
  await world.settle()
  assert.deepEqual([world.writes().status, world.said()], [2, 'AuthorizationPending'])
})

test('a new request says what it waits for after fifteen seconds, and nobody is asked', async () => {
  const world = await aWaitingWorld()
  const [complete] = world.request().status?.conditions ?? []
  assert.equal(complete?.reason, 'IdentityProviderNotReady')
  assert.match(
    complete.message,
    new RegExp(`^${full}this one is sent as soon as there is room\\. Retried until `),
  )
  assert.equal(world.openid.prompts.length, 0)
})

test('it is called when there is room, and asked about in the next pass', async () => {
  const world = aFullWorld()
  await world.pass()
  world.dependencies.places.leave(of('other/1'))
  assert.deepEqual(world.woken, ['demo/foo-v2'])
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
})

test('the write that says what it waits for does not cost its turn', async () => {
  const world = await aWaitingWorld()
  assert.equal(world.writes().status, 1)
  // The watch shows that write at once.
  await world.pass()
  world.dependencies.places.take(prompt, of('other/3'))
  world.dependencies.places.leave(of('other/1'))
  assert.deepEqual(world.woken, ['demo/foo-v2'])
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
})

test('looking again while it waits writes nothing', async () => {
  const world = await aWaitingWorld()
  const before = world.writes()
  assert.equal(before.status, 1)
  world.clock.advance(5)
  await world.pass()
  await world.after(20)
  assert.deepEqual(world.writes(), before)
})

test('what was wrong with its provider stays the word of status while it stands in line', async () => {
  const world = aWorld(anApprovalRequest())
  world.openid.script.connect = [
    { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'no answer in time' },
  ]
  await world.pass()
  const said = world.request().status?.conditions?.[0]?.message
  assert.match(said ?? '', /is not ready: no answer in time\. Ask a platform engineer/)
  for (const key of ['other/1', 'other/2']) world.dependencies.places.take(prompt, of(key))
  const before = world.writes()
  world.dependencies.memory.retryNow(world.request().metadata.uid ?? '')
  assert.equal((await world.pass()).kind, 'RequeueAt')
  assert.equal(world.request().status?.conditions?.[0]?.message, said)
  assert.deepEqual(world.writes(), before)
})

test('a token request that is due waits, without a word in status, and is sent when it is called', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  for (const key of ['other/1', 'other/2']) world.dependencies.places.take(token, of(key))
  const before = world.writes()
  world.clock.advance(5)
  const result = await world.pass()
  assert.equal(result.kind, 'RequeueAt')
  assert.deepEqual([world.openid.tokenRequests.length, world.writes()], [0, before])
  world.dependencies.places.leave(of('other/2'))
  await world.pass()
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a request that is deleted in line gives its place to the next', async () => {
  const world = aFullWorld()
  await world.pass()
  world.dependencies.places.take(prompt, of('other/3'))
  world.requests.remove('foo-v2')
  await world.pass()
  world.dependencies.places.leave(of('other/1'))
  assert.deepEqual(world.woken, ['other/3'])
})

test('a pass that ends leaves its place', async () => {
  const world = aWorld(anApprovalRequest())
  world.dependencies.places.take(prompt, of('other/1'))
  await world.settle()
  assert.equal(world.dependencies.places.take(prompt, of('other/2')), true)
})

test('a token that cannot be verified yet waits for a place as well, and is kept meanwhile', async () => {
  const world = await holdingToken()
  for (const key of ['other/1', 'other/2'])
    world.dependencies.places.take({ provider: 'company', purpose: 'Delivery' }, of(key))
  world.openid.script.verify = [verified]
  await world.after(2)
  assert.equal(world.request().status?.outcome, undefined)
  world.dependencies.places.leave(of('other/1'))
  await world.settle()
  assert.equal(world.said(), 'Approved')
})
