/** What a decision is made from is data: read once, and the same however often it is looked at. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findAndCatchUp, observe } from '../../../../src/controllers/approval-request/observe.ts'
import type { Observed } from '../../../../src/core/request/observed.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

async function observedIn(world: World, process = world.dependencies): Promise<readonly Observed[]> {
  const found = await findAndCatchUp(process, { namespace: 'demo', name: 'foo-v2' })
  return observe(process, found ?? assert.fail('the request is not there'))
}

test('what was observed holds nothing that is read later', async () => {
  const world = aWorld(anApprovalRequest())
  const observed = await observedIn(world)
  // A function cannot be cloned, and what a getter returns changes with the world.
  const before = structuredClone(observed)
  world.subject.watched = { reason: 'Superseded', message: 'gone.' }
  world.subject.end = world.clock.now()
  world.policies.remove('prod-promotions')
  assert.deepEqual(observed, before)
})

test('to observe changes nothing that is remembered', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  const successor = world.anotherProcess()
  const [observed] = await observedIn(world, successor)
  assert.equal(observed?.progress?.kind, 'TakenOver')
  const uid = observed.request.metadata.uid ?? ''
  assert.deepEqual(successor.memory.promptsOf(uid), [])
})

test('a prompt that another process sent keeps its place after the takeover, however often it is looked at', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  const successor = world.anotherProcess()
  const places = []
  for (let looks = 0; looks < 3; looks += 1) {
    places.push(await world.pass('foo-v2', successor))
    world.clock.advance(1)
  }
  assert.deepEqual(places[2], places[0])
  assert.equal(places[0]?.kind, 'RequeueAt')
})
