/** A provider that has as many requests under way as one may have: the next ones stand in line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const slow =
  'IdentityProvider company answers slowly, and has as many requests under way as one provider may; '

/** Whose provider's two places are taken by others. */
function aFullWorld(): World {
  const world = aWorld(anApprovalRequest())
  for (const key of ['other/1', 'other/2']) world.dependencies.places.take('company', key)
  return world
}

test('a new request says what it waits for, and nobody is asked', async () => {
  const world = aFullWorld()
  await world.pass()
  const [complete] = world.request().status?.conditions ?? []
  assert.equal(complete?.reason, 'IdentityProviderNotReady')
  assert.match(
    complete.message,
    new RegExp(`^${slow}this one is sent as soon as one of them has its answer\\. Retried until `),
  )
  assert.equal(world.openid.prompts.length, 0)
})

test('it is called when there is room, and asked about in the next pass', async () => {
  const world = aFullWorld()
  await world.pass()
  world.dependencies.places.leave('other/1')
  assert.deepEqual(world.woken, ['demo/foo-v2'])
  world.dependencies.memory.retryNow(world.request().metadata.uid ?? '')
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
})

test('looking again while it waits writes nothing', async () => {
  const world = aFullWorld()
  await world.pass()
  const before = world.writes()
  world.clock.advance(5)
  await world.pass()
  await world.after(20).catch(() => undefined)
  assert.deepEqual(world.writes(), before)
})

test('a token request that is due waits, without a word in status, and is sent when it is called', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  for (const key of ['other/1', 'other/2']) world.dependencies.places.take('company', key)
  const before = world.writes()
  world.clock.advance(5)
  const result = await world.pass()
  assert.equal(result.kind, 'RequeueAt')
  assert.deepEqual([world.openid.tokenRequests.length, world.writes()], [0, before])
  world.dependencies.places.leave('other/2')
  await world.pass()
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a request that is deleted in line gives its place to the next', async () => {
  const world = aFullWorld()
  await world.pass()
  world.dependencies.places.take('company', 'other/3')
  world.requests.remove('foo-v2')
  await world.pass()
  world.dependencies.places.leave('other/1')
  assert.deepEqual(world.woken, ['other/3'])
})

test('a pass that ends leaves its place', async () => {
  const world = aWorld(anApprovalRequest())
  world.dependencies.places.take('company', 'other/1')
  await world.settle()
  assert.equal(world.dependencies.places.take('company', 'other/2'), true)
})
