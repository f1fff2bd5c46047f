/** A verification where Argo Rollouts keeps no run that has ended: the request says which run asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun } from '../../../../../src/api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../../../src/api/objects.ts'
import { questionNameOf } from '../../../../../src/core/gate/argo-rollouts/question.ts'
import { newestStanding } from '../../../../../src/core/gate/argo-rollouts/standing.ts'
import { withdrawalOf } from '../../../../../src/core/gate/argo-rollouts/withdrawal.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aRollout, aRun, questionAsWanted, theGate } from '../../../../support/builders/gate-objects.ts'

const rollout = aRollout({}, { annotations: { 'rollout.argoproj.io/revision': '2' } })
const first = aRun()
const second = aRun({ metadata: { uid: 'of-a-retry', creationTimestamp: at(60) } })

function requestOf(run: AnalysisRun, seconds: number, held = rollout): ApprovalRequest {
  const wanted = questionAsWanted(held, run)
  return { ...wanted, metadata: { ...wanted.metadata, creationTimestamp: at(seconds) } }
}

for (const [name, runs, requests, want] of [
  ['the one that is gone', [], [requestOf(first, 1)], first],
  ['the later of two that are gone', [], [requestOf(first, 1), requestOf(second, 61)], second],
  ['the one that is gone, after one that was refused', [first], [requestOf(second, 61)], second],
  ['the one that is there, after one that is gone', [second], [requestOf(first, 1)], second],
  ['the one that is there, though its request is younger', [second], [requestOf(second, 61)], second],
] as const)
  test(`a verification is about ${name}`, () => {
    const standing = newestStanding(theGate, rollout, { runs, requests })
    assert.ok(standing.kind === 'Asking')
    assert.equal(standing.run.metadata.uid, want.metadata.uid)
    const asked = { rollout, run: standing.run, gate: theGate.gate }
    assert.equal(questionNameOf(asked), questionNameOf({ ...asked, run: want }))
  })

for (const [name, request] of [
  ['of another gate', { ...requestOf(first, 1), spec: { ...requestOf(first, 1).spec, parameters: {} } }],
  ['of another revision', requestOf(first, 1, aRollout({ currentPodHash: 'other' }))],
  ['of a Rollout of that name before', requestOf(first, 1, aRollout({}, { uid: 'before' }))],
  ['of the same Pod template at an earlier time', requestOf(aRun({ name: 'foo-v2-7654b4484-1-2' }), 1)],
  ['of a run that cannot have been', requestOf(aRun({ name: 'somebody-elses' }), 1)],
] as const)
  test(`a verification takes no request ${name}`, () => {
    const standing = newestStanding(theGate, rollout, { runs: [], requests: [request] })
    assert.ok(standing.kind === 'Over')
    assert.equal(standing.decision, 'failed')
  })

test('a verification takes no request where the Rollout does not say which revision it is at', () => {
  const standing = newestStanding(theGate, aRollout(), { runs: [], requests: [requestOf(first, 1)] })
  assert.equal(standing.kind, 'Over')
})

for (const [name, step, want] of [
  ['has passed its step', 3, 'GateBypassed'],
  ['still stands at its step', 2, 'Withdrawn'],
] as const)
  test(`a run is gone while a Rollout that ${name} was waited for: ${want}`, () => {
    const at = aRollout({ currentStepIndex: step })
    for (const run of [undefined, second])
      assert.equal(withdrawalOf(requestOf(first, 1), { rollout: at, run })?.reason, want)
  })
