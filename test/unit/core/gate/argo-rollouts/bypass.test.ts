/** Which gates a Rollout has gone past. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passedGates } from '../../../../../src/core/gate/argo-rollouts/bypass.ts'
import { at, t } from '../../../../support/fakes/clocks/clock.ts'
import { aBlueGreen, aRollout, aRun, theQuestion } from '../../../../support/builders/gate-objects.ts'

const passed = aRollout({ currentStepIndex: 3 })
const ended = aRun({ phase: 'Successful' })
const retried = aRun({ name: 'foo-v2-7654b4484-2-2.1', phase: 'Successful' })
const endedAt = (seconds: number) => aRun({ status: { phase: 'Successful', completedAt: at(seconds) } })
const switched = { activeSelector: '7654b4484', prePromotionAnalysisRunStatus: { name: ended.metadata.name } }

for (const [name, rollout, runs, want] of [
  ['the step was passed', passed, [ended], 1],
  ['all steps were passed', aRollout({ currentStepIndex: 5, stableRS: '7654b4484' }), [ended], 1],
  ['the step is not passed yet', aRollout(), [ended], 0],
  ['the run still runs', passed, [aRun()], 0],
  ['the run has failed', passed, [aRun({ phase: 'Failed' })], 0],
  ['it is aborted', aRollout({ currentStepIndex: 3, abort: true }), [ended], 0],
  ['it has another revision', aRollout({ currentStepIndex: 3, currentPodHash: 'new' }), [ended], 0],
  ['its spec was edited a moment ago', aRollout({ currentStepIndex: 3 }, { generation: 4 }), [ended], 0],
  ['the first try was ended by an abort', passed, [ended, aRun({ name: 'foo-v2-7654b4484-2-2.1' })], 0],
  ['both tries have ended', passed, [ended, retried], 1],
  ['two gates were passed', passed, [ended, aRun({ name: 'z', gate: 'other', phase: 'Successful' })], 2],
  [
    'one gate in two steps was passed',
    passed,
    [ended, aRun({ name: 'z', step: '1', phase: 'Successful' })],
    2,
  ],
  ['the run asked nobody', passed, [aRun({ phase: 'Successful', metrics: [{ name: 'errors' }] })], 0],
  ['it was an hour ago', passed, [endedAt(0)], 0],
  ['it was not quite an hour ago', passed, [endedAt(1)], 1],
  [
    'a blue-green has switched',
    aBlueGreen({ blueGreen: switched }),
    [aRun({ step: '', phase: 'Successful' })],
    1,
  ],
  ['a blue-green has not switched', aBlueGreen(), [aRun({ step: '', phase: 'Successful' })], 0],
] as const)
  test(`${name}: ${want}`, () => {
    assert.equal(passedGates(rollout, runs, t(3600)).length, want)
  })

test('a gate that was passed names its question', () => {
  assert.equal(passedGates(passed, [ended], t(0))[0]?.requestName, theQuestion().metadata.name)
})

test('of several tries the last one counts', () => {
  assert.equal(passedGates(passed, [retried, ended], t(0))[0]?.run.metadata.name, retried.metadata.name)
})
