/** When a gate's question is taken back: one row per way in which nobody waits for the answer any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withdrawalOf } from '../../../../../src/core/gate/argo-rollouts/withdrawal.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aBlueGreen, aRollout, aRun, theQuestion } from '../../../../support/builders/gate-objects.ts'

const rollout = aRollout()
const run = aRun()
const deletionTimestamp = at(0)
const switched = {
  activeSelector: '7654b4484',
  prePromotionAnalysisRunStatus: { name: run.metadata.name },
}
const before = aRun({ step: '' })

for (const [name, held, its, want] of [
  ['it waits', rollout, run, undefined],
  ['its run is pending', rollout, aRun({ phase: 'Pending' }), undefined],
  ['its run is being terminated', rollout, aRun({ spec: { terminate: true } }), undefined],
  ['the Rollout is gone', undefined, run, 'Withdrawn'],
  ['another Rollout has its name', aRollout({}, { uid: 'other' }), run, 'Withdrawn'],
  ['the Rollout is being deleted', aRollout({}, { deletionTimestamp }), run, 'Withdrawn'],
  ['the Rollout is aborted', aRollout({ abort: true }), aRun({ phase: 'Successful' }), 'Withdrawn'],
  ['the run is gone', rollout, undefined, 'Withdrawn'],
  ['another run has its name', rollout, aRun({ metadata: { uid: 'other' } }), 'Withdrawn'],
  ['the run has failed', rollout, aRun({ phase: 'Failed' }), 'Withdrawn'],
  ['the run could not ask', rollout, aRun({ phase: 'Error' }), 'Withdrawn'],
  ['the count is used up', rollout, aRun({ phase: 'Inconclusive' }), 'Withdrawn'],
  ['there is another revision', aRollout({ currentPodHash: 'new' }), run, 'Superseded'],
  [
    'a newer revision ended the run',
    aRollout({ currentPodHash: 'new' }),
    aRun({ phase: 'Successful' }),
    'Superseded',
  ],
  [
    'its spec was edited a moment ago',
    aRollout({}, { generation: 4 }),
    aRun({ phase: 'Successful' }),
    undefined,
  ],
  ['the run was ended as successful', rollout, aRun({ phase: 'Successful' }), 'GateBypassed'],
  ['the step was passed', aRollout({ currentStepIndex: 3 }), run, 'GateBypassed'],
  ['it is promoted in full', aRollout({ promoteFull: true }), run, 'GateBypassed'],
  ['the revision is the stable one', aRollout({ stableRS: '7654b4484' }), undefined, 'GateBypassed'],
  ['a blue-green waits', aBlueGreen(), before, undefined],
  ['a blue-green has switched', aBlueGreen({ blueGreen: switched }), before, 'GateBypassed'],
  [
    'a blue-green waits after the switch',
    aBlueGreen({ blueGreen: { activeSelector: '7654b4484' } }),
    before,
    undefined,
  ],
] as const)
  test(`${name}: ${want ?? 'asked on'}`, () => {
    const subject = { rollout: held, run: its }
    assert.equal(withdrawalOf(theQuestion(), subject)?.reason, want)
  })

test('a question of an agent is its own to take back', () => {
  assert.equal(withdrawalOf(anApprovalRequest(), { rollout: undefined, run: undefined }), undefined)
})
