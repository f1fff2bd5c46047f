/** Several questions to one approver, and who wakes whom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWaker } from '../../../../src/controllers/approval-request/wake.ts'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'

const request = anApprovalRequest()
const second = anApprovalRequest().named('bar-v1', '80000000-0000-4000-8000-000000000002')
const denied = { kind: 'Error', error: 'access_denied' } as const

test('two questions of one requester at once are one prompt', async () => {
  const world = aWorld(request, second)
  await Promise.all([world.pass('foo-v2'), world.pass('bar-v1')])
  await world.settle('bar-v1')
  assert.deepEqual([world.said('foo-v2'), world.said('bar-v1')], ['AuthorizationPending', 'Throttled'])
  assert.equal(world.openid.prompts.length, 1)
})

test('two questions through a watch that lags behind are one prompt', async () => {
  const world = aWorld(request, second)
  world.requests.cache.freeze()
  await world.settle('foo-v2')
  await world.settle('bar-v1')
  assert.equal(world.said('bar-v1'), 'Throttled')
  assert.equal(world.openid.prompts.length, 1)
})

test('two questions of two requesters are two prompts', async () => {
  const world = aWorld(request, second.by('carol'))
  await Promise.all([world.settle('foo-v2'), world.settle('bar-v1')])
  assert.equal(world.openid.prompts.length, 2)
})

test('the second question is put a pause after the first is denied', async () => {
  const world = aWorld(request, second)
  await world.settle('foo-v2')
  await world.settle('bar-v1')
  world.openid.script.token = [denied]
  await world.after(5, 'foo-v2')
  await world.after(59, 'bar-v1')
  assert.equal(world.said('bar-v1'), 'Throttled')
  await world.after(1, 'bar-v1')
  assert.deepEqual([world.said('foo-v2'), world.said('bar-v1')], ['AccessDenied', 'AuthorizationPending'])
})

test('a prompt that two requests wait for keeps the second waiting after the first is deleted', async () => {
  const world = aWorld(request, second)
  await world.settle('foo-v2')
  world.requests.remove('foo-v2')
  await world.settle('bar-v1')
  assert.equal(world.said('bar-v1'), 'Throttled')
})

test('a policy that comes later wakes who waits for it', async () => {
  const world = aWorld(request)
  world.policies.remove('prod-promotions')
  await world.settle()
  assert.equal(world.said(), 'NoMatchingPolicy')
  world.policies.put(aPolicy())
  const woken: string[] = []
  const put = (key: string): unknown => woken.push(key)
  createWaker(world.dependencies, { soon: put, now: put, withRests: (run) => run }).policyChanged(
    undefined,
    aPolicy(),
  )
  assert.deepEqual(woken, ['demo/foo-v2'])
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
})
