/** A question that is taken back: nobody waits for its answer any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { granted } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest()
const superseded = { reason: 'Superseded', message: 'Rollout foo-v2 has moved on.' } as const

test('a pending question is taken back, and no answer is asked for again', async () => {
  const world = aWorld(request)
  await world.settle()
  world.subject.watched = world.subject.live = superseded
  world.openid.script.token = [granted]
  await world.after(5)
  const { status } = world.request()
  assert.equal(status?.outcome, 'Withdrawn')
  assert.deepEqual(
    status.conditions?.map(({ type, reason, status: is }) => [type, reason, is]),
    [
      ['Complete', 'Superseded', 'True'],
      ['Withdrawn', 'Superseded', 'True'],
    ],
  )
  assert.match(
    status.conditions[0]?.message ?? '',
    /^Rollout foo-v2 has moved on\. alice@company\.com was asked; an answer has no effect/,
  )
  await world.after(60)
  assert.deepEqual(world.openid.tokenRequests, [])
  assert.equal(world.request().status?.decision, undefined)
})

test('a question that nobody has been asked is not put', async () => {
  const world = aWorld(request)
  world.subject.watched = world.subject.live = superseded
  await world.settle()
  assert.equal(world.said(), 'Superseded')
  assert.deepEqual(world.openid.prompts, [])
})

test('what only a watch that lags says is not believed', async () => {
  const world = aWorld(request)
  world.subject.watched = superseded
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  assert.equal(world.request().status, undefined)
  world.subject.watched = undefined
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
})

test('a final answer is not taken back', async () => {
  const world = aWorld(request)
  await world.settle()
  world.openid.script.token = [granted]
  await world.after(5)
  world.subject.watched = world.subject.live = superseded
  await world.after(5)
  assert.equal(world.said(), 'Approved')
})

test('what was measured goes with the intent, at the price of no write', async () => {
  const world = aWorld(request)
  world.subject.measured = [
    { name: 'success-rate', value: '99.8' },
    { name: 'requester', value: 'a metric of this name' },
  ]
  await world.settle()
  const { computed = [] } = world.request().status ?? {}
  assert.deepEqual(
    computed.filter(({ name }) => name !== 'environment').map(({ name }) => name),
    ['requester', 'success-rate'],
  )
  assert.equal(computed[0]?.source, 'as the API server authenticated it')
  assert.equal(world.writes().status, 2)
})
