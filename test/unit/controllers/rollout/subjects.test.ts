import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReplicaSet } from '../../../../src/api/argo-rollouts.ts'
import { rolloutSubjects } from '../../../../src/controllers/rollout/subjects.ts'
import { anApprovalRequest } from '../../../support/builders.ts'
import { aRollout, aRun, theQuestion } from '../../../support/gate-objects.ts'
import { aRolloutWorld, type RolloutWorld } from '../../../support/rollout-world.ts'

const question = theQuestion()

function waiting(): RolloutWorld {
  const world = aRolloutWorld()
  world.rollouts.put(aRollout())
  world.runs.put(aRun())
  return world
}

function replicaSet(hash: string, image: string): ReplicaSet {
  const template = { spec: { containers: [{ name: 'foo', image }] } }
  const metadata = { namespace: 'demo', name: `foo-v2-${hash}` }
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { template } }
}

test('what the watches show is confirmed by reads', async () => {
  const { dependencies, rollouts } = waiting()
  const subjects = rolloutSubjects(dependencies)
  rollouts.cache.freeze()
  rollouts.put(aRollout({ abort: true }))
  assert.equal(subjects.withdrawalOf(question), undefined)
  assert.equal((await subjects.confirmWithdrawal(question))?.reason, 'Withdrawn')
  rollouts.cache.catchUp()
  assert.equal(subjects.withdrawalOf(question)?.reason, 'Withdrawn')
})

test('while the Rollouts are not known no question is taken back', () => {
  const world = aRolloutWorld()
  world.isWatching = false
  assert.equal(rolloutSubjects(world.dependencies).withdrawalOf(question), undefined)
  world.isWatching = true
  assert.equal(rolloutSubjects(world.dependencies).withdrawalOf(question)?.reason, 'Withdrawn')
})

test("an agent's own question about a Rollout is told what was measured too", async () => {
  const { dependencies, replicaSets } = waiting()
  replicaSets.put(replicaSet('5d4f', 'foo:v1'))
  const facts = await rolloutSubjects(dependencies).measure(anApprovalRequest())
  assert.deepEqual(facts[0], { name: 'image', value: 'foo:v1 → foo:v2' })
})

test('images of a Rollout that refers to a workload come from its ReplicaSets', async () => {
  const { dependencies, rollouts, replicaSets } = waiting()
  rollouts.put({ ...aRollout(), spec: {} })
  replicaSets.put(replicaSet('5d4f', 'foo:v1'))
  replicaSets.put(replicaSet('7654b4484', 'foo:v3'))
  const facts = await rolloutSubjects(dependencies).measure(question)
  assert.deepEqual(facts[0], { name: 'image', value: 'foo:v1 → foo:v3' })
})

for (const [name, target] of [
  ['another kind', { kind: 'Node' }],
  ['another group', { apiVersion: 'example.com/v1' }],
  ['another revision', { revision: 'other' }],
  ['another Rollout', { name: 'other' }],
] as const)
  test(`nothing is measured for ${name}, and nothing read`, async () => {
    const { dependencies, replicaSets } = waiting()
    const request = question.saying({ target: { ...question.spec.target, ...target } })
    assert.deepEqual(await rolloutSubjects(dependencies).measure(request), [])
    assert.deepEqual(replicaSets.calls, [])
  })
