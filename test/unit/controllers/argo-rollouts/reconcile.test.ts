/** Who is told that a gate was passed without an approval, and how often. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { reconcile } from '../../../../src/controllers/argo-rollouts/reconcile.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { aRollout, aRun, theQuestion } from '../../../support/builders/gate-objects.ts'
import { aRolloutWorld } from '../../../support/worlds/rollout-world.ts'
import type { RolloutWorld } from '../../../support/worlds/rollout-world.ts'

const key = { namespace: 'demo', name: 'foo-v2' }
const facts = { approvers: [], decidedAt: at(0) }
const approved = theQuestion()
  .finished('Approved')
  .having({ decision: { ...facts, seal: 'sealed' }, validUntil: at(300) })

function passed(...requests: readonly ApprovalRequest[]): RolloutWorld {
  const world = aRolloutWorld()
  world.rollouts.put(aRollout({ currentStepIndex: 3 }))
  world.runs.put(aRun({ phase: 'Successful' }))
  for (const request of requests) world.requests.put(request)
  return world
}

function told({ events }: RolloutWorld): readonly string[] {
  return events.map(({ regarding, reason }) => `${regarding.kind} ${reason}`)
}

for (const [name, request, want] of [
  ['nobody was asked', undefined, ['Rollout']],
  ['it was denied', theQuestion().finished('AccessDenied'), ['Rollout', 'ApprovalRequest']],
  ['it has expired', theQuestion().finished('RequestExpired'), ['Rollout', 'ApprovalRequest']],
  ['it is open and will say so itself', theQuestion().pending(), ['Rollout']],
  ['it has said so itself', theQuestion().finished('GateBypassed'), ['Rollout']],
  ['its approval is forged', approved, ['Rollout', 'ApprovalRequest']],
] as const)
  test(`a gate was passed, and ${name}: told on ${want.join(' and ')}`, async () => {
    const world = passed(...(request === undefined ? [] : [request]))
    assert.deepEqual(await reconcile(world.dependencies, key), { kind: 'Done' })
    assert.deepEqual(
      told(world),
      want.map((kind) => `${kind} GateBypassed`),
    )
    assert.equal(world.bypasses, 1)
  })

test('a gate that was passed with an approval is nothing to tell of', async () => {
  const world = passed(approved)
  world.sealed = { kind: 'Opened', payload: { ...facts, validUntil: at(300) } }
  await reconcile(world.dependencies, key)
  assert.deepEqual([told(world), world.bypasses], [[], 0])
})

for (const [name, endedAt, want] of [
  ['before the wait was over', 59, ['Rollout GateBypassed', 'ApprovalRequest GateBypassed']],
  ['when the wait was over', 90, []],
  ['a little before, by a clock that is behind', 60, []],
] as const)
  test(`a gate that was passed ${name}: ${want.join(', ') || 'nothing to tell of'}`, async () => {
    const held = { ...facts, parameters: { wait: '90s' } }
    const world = passed(
      theQuestion()
        .finished('Approved')
        .having({ decision: { ...held, seal: 'sealed' }, validUntil: at(300) }),
    )
    world.sealed = { kind: 'Opened', payload: { ...held, validUntil: at(300) } }
    world.runs.put(aRun({ phase: 'Successful', status: { phase: 'Successful', completedAt: at(endedAt) } }))
    await reconcile(world.dependencies, key)
    assert.deepEqual(told(world), want)
    for (const { note } of world.events) assert.match(note, new RegExp(`with a wait until ${at(90)}`))
  })

test('each bypass is told once', async () => {
  const world = passed()
  for (let passes = 0; passes < 3; passes++) await reconcile(world.dependencies, key)
  assert.deepEqual(told(world), ['Rollout GateBypassed'])
})

test('a process that is started later tells of no bypass that was told', async () => {
  const world = passed(theQuestion().finished('AccessDenied'))
  await reconcile(world.dependencies, key)
  await reconcile({ ...world.dependencies, told: new Map() }, key)
  assert.deepEqual(told(world), ['Rollout GateBypassed', 'ApprovalRequest GateBypassed'])
  assert.equal(world.bypasses, 1)
})

test('each gate of a run, and each run, is told of', async () => {
  const world = passed()
  await reconcile(world.dependencies, key)
  const later = { uid: 'another-run', creationTimestamp: at(1) }
  world.runs.put(aRun({ name: 'foo-v2-7654b4484-2-2.1', phase: 'Successful', metadata: later }))
  await reconcile(world.dependencies, key)
  assert.deepEqual(told(world), ['Rollout GateBypassed', 'Rollout GateBypassed'])
})

for (const [name, forget] of [
  [
    'a run is deleted',
    ({ runs }) => {
      runs.remove('foo-v2-7654b4484-2-2')
    },
  ],
  [
    'its Rollout is deleted',
    ({ rollouts }) => {
      rollouts.remove('foo-v2')
    },
  ],
  ['another revision is there', ({ rollouts }) => rollouts.put(aRollout({ currentPodHash: 'new' }))],
] as readonly (readonly [string, (world: RolloutWorld) => unknown])[])
  test(`nothing is remembered of what was told once ${name}`, async () => {
    const told = new Map<string, ReadonlySet<string>>()
    const world = passed()
    await reconcile({ ...world.dependencies, told }, key)
    assert.equal(told.size, 1)
    forget(world)
    await reconcile({ ...world.dependencies, told }, key)
    assert.equal(told.size, 0)
  })

test('what only a watch that lags shows is looked at again', async () => {
  const world = passed()
  world.rollouts.cache.freeze()
  world.rollouts.put(aRollout({ currentStepIndex: 0, abort: true }))
  assert.deepEqual(await reconcile(world.dependencies, key), { kind: 'Retry' })
  world.rollouts.cache.catchUp()
  assert.deepEqual(await reconcile(world.dependencies, key), { kind: 'Done' })
  assert.deepEqual(told(world), [])
})

test('a Rollout that waits, or is gone, costs no call', async () => {
  const world = aRolloutWorld()
  await reconcile(world.dependencies, key)
  world.rollouts.put(aRollout())
  world.runs.put(aRun())
  await reconcile(world.dependencies, key)
  assert.deepEqual([...world.rollouts.calls, ...world.runs.calls, ...world.requests.calls], [])
})
