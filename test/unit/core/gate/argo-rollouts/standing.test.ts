/** Which run of a Rollout a call is about, and what it is told where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun } from '../../../../../src/api/argo-rollouts.ts'
import type { OwnerReference } from '../../../../../src/api/objects.ts'
import { newestStanding, standingOf } from '../../../../../src/core/gate/argo-rollouts/standing.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aBlueGreen, aRollout, aRun, gateMetric, theGate } from '../../../../support/builders/gate-objects.ts'

const rollout = aRollout()
const run = aRun()

function owned(changes: Partial<OwnerReference>): AnalysisRun {
  const ownerReferences = aRun().metadata.ownerReferences?.map((owner) => ({ ...owner, ...changes })) ?? []
  return aRun({ metadata: { ownerReferences } })
}

const deletionTimestamp = at(0)
const postPromotion = {
  prePromotionAnalysisRunStatus: { name: 'another' },
  postPromotionAnalysisRunStatus: { name: run.metadata.name },
}

for (const [name, held, runs, want] of [
  ['a canary waits for its run', rollout, [run], 'Asking'],
  ['a blue-green waits before the switch', aBlueGreen(), [run], 'Asking'],
  ['a blue-green waits after the switch', aBlueGreen({ blueGreen: postPromotion }), [run], 'Asking'],
  ['there is no such Rollout', undefined, [run], 'failed'],
  ['it is being deleted', aRollout({}, { deletionTimestamp }), [run], 'cancelled'],
  ['it is aborted', aRollout({ abort: true }), [run], 'cancelled'],
  ['it is promoted in full', aRollout({ promoteFull: true }), [run], 'cancelled'],
  ['its spec is newer than its status', aRollout({}, { generation: 4 }), [run], 'Unsettled'],
  ['it names no run', aRollout({ canary: {} }), [run], 'Unsettled'],
  ['it names another run', rollout, [aRun({ name: 'another' })], 'Unsettled'],
  ['the run is not there', rollout, [], 'Unsettled'],
  ['the run is over', rollout, [aRun({ phase: 'Successful' })], 'Unsettled'],
  ['the run has failed', rollout, [aRun({ phase: 'Failed' })], 'Unsettled'],
  ['the run is paused', rollout, [aRun({ phase: 'Inconclusive' })], 'Unsettled'],
  ['the run is being terminated', rollout, [aRun({ spec: { terminate: true } })], 'Unsettled'],
  ['the run is of another Rollout', rollout, [owned({ uid: 'forged' })], 'failed'],
  ['the run is only used by the Rollout', rollout, [owned({ controller: false })], 'failed'],
  ['the run is of another kind of owner', rollout, [owned({ kind: 'Experiment' })], 'failed'],
  ['the run is of another revision', aRollout({ currentPodHash: 'other' }), [run], 'Unsettled'],
  ['the run is of no revision', rollout, [aRun({ metadata: { labels: {} } })], 'Unsettled'],
  ['the run asks another gate', rollout, [aRun({ gate: 'other' })], 'failed'],
  [
    'the run verifies',
    rollout,
    [aRun({ metrics: [gateMetric('/v1/gates/argo-rollouts/verify')] })],
    'failed',
  ],
  ['the run asks nobody', rollout, [aRun({ metrics: [{ name: 'errors' }] })], 'failed'],
] as const)
  test(`${name}: ${want}`, () => {
    const standing = standingOf(theGate, held, runs)
    assert.equal(standing.kind === 'Over' ? standing.decision : standing.kind, want)
  })

const retried = aRun({ name: 'foo-v2-7654b4484-2-2.1' })

for (const [name, runs, want] of [
  ['the only one', [run], run],
  ['one that has ended', [aRun({ phase: 'Successful' })], run],
  ['the retried one', [run, retried], retried],
  ['the tenth of one second', [aRun({ name: 'r.9' }), aRun({ name: 'r.10' })], aRun({ name: 'r.10' })],
  ['the one that was made last', [aRun({ name: 'z' }), madeAt(5, 'a')], madeAt(5, 'a')],
  ['the one of this gate', [run, aRun({ name: 'z', gate: 'other' })], run],
  ['the one that does not verify', [run, verifying('z')], run],
] as const)
  test(`a verification is about ${name}`, () => {
    const standing = newestStanding(theGate, rollout, { runs, requests: [] })
    assert.ok(standing.kind === 'Asking')
    assert.equal(standing.run.metadata.name, want.metadata.name)
  })

for (const [name, runs] of [
  ['nobody has asked', []],
  ['another gate was asked', [aRun({ gate: 'other' })]],
  ['a forged run has asked', [owned({ uid: 'forged' })]],
] as const)
  test(`a verification fails where ${name}`, () => {
    const standing = newestStanding(theGate, rollout, { runs, requests: [] })
    assert.ok(standing.kind === 'Over')
    assert.equal(standing.decision, 'failed')
  })

function madeAt(seconds: number, name: string): AnalysisRun {
  return aRun({ name, metadata: { name, creationTimestamp: at(seconds) } })
}

function verifying(name: string): AnalysisRun {
  return aRun({ name, metrics: [gateMetric('/v1/gates/argo-rollouts/verify')] })
}
