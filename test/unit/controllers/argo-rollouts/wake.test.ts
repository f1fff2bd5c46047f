/** Which changes of Argo Rollouts' objects need a pass, and of which questions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun, Rollout } from '../../../../src/api/argo-rollouts.ts'
import { eachRollout, openQuestions, questionWaker } from '../../../../src/controllers/argo-rollouts/wake.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { aRollout, aRun, theQuestion } from '../../../support/builders/gate-objects.ts'
import { aRolloutWorld } from '../../../support/worlds/rollout-world.ts'

const rollout = aRollout()
const run = aRun()

for (const [name, before, after, want] of [
  ['is new', undefined, rollout, true],
  ['is gone', rollout, undefined, true],
  ['is aborted', rollout, aRollout({ abort: true }), true],
  ['is at another step', rollout, aRollout({ currentStepIndex: 3 }), true],
  ['has another revision', rollout, aRollout({ currentPodHash: 'new' }), true],
  ['is stable', rollout, aRollout({ stableRS: '7654b4484' }), true],
  ['is promoted in full', rollout, aRollout({ promoteFull: true }), true],
  ['has another spec', rollout, aRollout({}, { generation: 4 }), true],
  ['is being deleted', rollout, aRollout({}, { deletionTimestamp: at(0) }), true],
  ['was created anew', rollout, aRollout({}, { uid: 'other' }), true],
  ['has more Pods', rollout, aRollout({}, { resourceVersion: '2' }), false],
] as const)
  test(`a Rollout that ${name} ${want ? 'needs a pass' : 'needs none'}`, () => {
    assert.equal(wokenBy({ rollouts: [before, after] }).length, want ? 1 : 0)
  })

const measured = aRun({ status: { phase: 'Running', metricResults: [{ name: 'approval', count: 2 }] } })

for (const [name, before, after, want] of [
  ['is new', undefined, run, true],
  ['is gone', run, undefined, true],
  ['has ended', run, aRun({ phase: 'Successful' }), true],
  ['is terminated', run, aRun({ spec: { terminate: true } }), true],
  ['has measured', run, measured, false],
  ['belongs to nobody', undefined, aRun({ metadata: { ownerReferences: [] } }), false],
] as const)
  test(`a run that ${name} ${want ? 'needs a pass' : 'needs none'}`, () => {
    assert.deepEqual(wokenBy({ runs: [before, after] }), want ? ['demo/foo-v2'] : [])
  })

/** An open request of a gate, one that has ended, one in another namespace, and one of no gate. */
function aWorldOfRequests(): ReturnType<typeof aRolloutWorld> {
  const world = aRolloutWorld()
  for (const request of [
    theQuestion(),
    theQuestion(rollout, aRun({ name: 'done' })).finished('AccessDenied'),
    theQuestion(rollout, aRun({ name: 'elsewhere' })).inNamespace('other'),
    anApprovalRequest(),
  ])
    world.requests.put(request)
  return world
}

test('only open questions of gates about this Rollout are woken', () => {
  const { dependencies } = aWorldOfRequests()
  const woken: string[] = []
  questionWaker(dependencies, (key) => woken.push(key)).rolloutChanged(rollout, undefined)
  assert.deepEqual(woken, [`demo/${theQuestion().metadata.name}`])
})

test('a start finds the open questions of gates alone', () => {
  const { dependencies } = aWorldOfRequests()
  const found = Array.from(openQuestions(dependencies), ({ metadata }) => metadata.namespace)
  assert.deepEqual(found.toSorted(), ['demo', 'other'])
})

type Change<T> = readonly [before: T | undefined, after: T | undefined]

function wokenBy(change: { rollouts?: Change<Rollout>; runs?: Change<AnalysisRun> }): readonly string[] {
  const woken: string[] = []
  const listener = eachRollout(({ namespace, name }) => woken.push(`${namespace}/${name}`))
  if (change.rollouts !== undefined) listener.rolloutChanged(...change.rollouts)
  if (change.runs !== undefined) listener.runChanged(...change.runs)
  return woken
}
