import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReplicaSet } from '../../../../src/api/argo-rollouts.ts'
import { rolloutSubjects } from '../../../../src/controllers/argo-rollouts/subjects.ts'
import type { ComputedFact } from '../../../../src/core/ports/subjects.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aRollout, aRun, theQuestion } from '../../../support/builders/gate-objects.ts'
import { aRolloutWorld } from '../../../support/worlds/rollout-world.ts'
import type { RolloutWorld } from '../../../support/worlds/rollout-world.ts'

const question = theQuestion()

function waiting(): RolloutWorld {
  const world = aRolloutWorld()
  world.rollouts.put(aRollout())
  world.runs.put(aRun())
  return world
}

function replicaSet(hash: string, image: string, uid = 'uid-of-foo-v2'): ReplicaSet {
  const template = { spec: { containers: [{ name: 'foo', image }] } }
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'foo-v2', uid, controller: true }
  const metadata = { namespace: 'demo', name: `foo-v2-${hash}`, ownerReferences: [owner] }
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { template } }
}

function named(facts: readonly ComputedFact[]): Readonly<Record<string, string>> {
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]))
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

test("an agent's own question about a Rollout is told what changes too", async () => {
  const { dependencies, replicaSets } = waiting()
  replicaSets.put(replicaSet('5d4f', 'foo:v1'))
  replicaSets.put(replicaSet('7654b4484', 'foo:v2'))
  const facts = named(await rolloutSubjects(dependencies).measure(anApprovalRequest()))
  assert.equal(facts['Pod template'], '1 difference, each named here')
  assert.equal(facts.image, 'foo:v1 → foo:v2')
})

for (const [name, objects, want] of [
  [
    'the stable ReplicaSet is gone',
    [replicaSet('7654b4484', 'foo:v2')],
    'ReplicaSet foo-v2-5d4f is not there',
  ],
  ['the new ReplicaSet is gone', [replicaSet('5d4f', 'foo:v1')], 'ReplicaSet foo-v2-7654b4484 is not there'],
  [
    'somebody put one in its place',
    [replicaSet('5d4f', 'foo:v2', 'other'), replicaSet('7654b4484', 'foo:v2')],
    'ReplicaSet foo-v2-5d4f does not belong to Rollout foo-v2',
  ],
] as const)
  test(`what changes is not known where ${name}`, async () => {
    const { dependencies, replicaSets } = waiting()
    for (const object of objects) replicaSets.put(object)
    const facts = named(await rolloutSubjects(dependencies).measure(question))
    assert.equal(facts['Pod template'], `what changes is not known: ${want}`)
  })

test('what changes is not known where the operator may not read it; a fault of the moment is one', async () => {
  const { dependencies, replicaSets } = waiting()
  const subjects = rolloutSubjects(dependencies)
  let status = 403
  replicaSets.interpose({
    before: () => {
      throw Object.assign(new Error('no'), { status })
    },
  })
  assert.match(
    named(await subjects.measure(question))['Pod template'] ?? '',
    /not known: the operator may not read ReplicaSet foo-v2-5d4f$/,
  )
  status = 500
  await assert.rejects(subjects.measure(question))
})

test('what changes is not known without a stable revision', async () => {
  const { dependencies, rollouts } = waiting()
  rollouts.put(aRollout({ stableRS: '' }))
  const facts = named(await rolloutSubjects(dependencies).measure(question))
  assert.match(facts['Pod template'] ?? '', /not known: Rollout foo-v2 names no stable revision/)
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
