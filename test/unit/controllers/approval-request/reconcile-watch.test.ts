/** A watch shows our own writes late: until then the API server is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders.ts'
import { aWorld } from '../../../support/approval-world.ts'

const wanting = anApprovalRequest().wantingToken()

test('a watch that lags behind prompts nobody again', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  await world.settle()
  await world.after(5)
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.openid.tokenRequests.length, 1)
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  await world.after(5)
  assert.equal(world.request().status?.outcome, 'Denied')
  assert.equal(world.openid.prompts.length, 1)
})

test('a watch that has caught up saves the reads', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  world.requests.put(world.request())
  world.requests.cache.catchUp()
  await world.after(5)
  const calls = world.requests.calls.length
  await world.after(5)
  assert.equal(world.requests.calls.length, calls)
})

test('a watch that lags behind does not delete in circles', async () => {
  const world = aWorld(wanting.finished('AccessDenied', 0).saying({ ttlAfterFinished: '1s' }))
  world.requests.cache.freeze()
  world.clock.advance(2)
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  world.requests.cache.catchUp()
  assert.deepEqual(await world.pass(), { kind: 'Done' })
})
