/** Analyses that ask a gate and block nothing: what the gate answers, and that it does so only where no other run may be about to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun, Rollout } from '../../../../../src/api/argo-rollouts.ts'
import { standingOf } from '../../../../../src/core/gate/argo-rollouts/standing.ts'
import type { Standing } from '../../../../../src/core/gate/argo-rollouts/standing.ts'
import { aBlueGreen, aRollout, aRun, theGate } from '../../../../support/builders/gate-objects.ts'

const fix =
  'this analysis blocks nothing; make it an analysis step of the canary, or prePromotionAnalysis of the blue-green, in Rollout foo-v2'

const waitsForNothing: NonNullable<Rollout['status']> = { canary: {} }
const idle = aRollout(waitsForNothing)
const named = aRollout({ canary: { currentBackgroundAnalysisRunStatus: { name: 'background' } } })
const own = aRun()
const background = labelled('Background')
const standalone = aRun({ name: 'mine', metadata: { ownerReferences: [] } })
const ofExperiment = aRun({
  name: 'compare',
  metadata: { ownerReferences: [{ ...ownerOf(own), kind: 'Experiment', name: 'foo-v2-exp' }] },
})

for (const [name, rollout, run, want] of [
  [
    'a background analysis that the Rollout names',
    named,
    aRun({ name: 'background' }),
    `AnalysisRun background runs in the background of Rollout foo-v2: ${fix}`,
  ],
  [
    'a background analysis that it does not name yet',
    idle,
    background,
    `AnalysisRun background runs in the background of Rollout foo-v2: ${fix}`,
  ],
  [
    'an analysis of an Experiment',
    idle,
    ofExperiment,
    `AnalysisRun compare belongs to another object, Experiment foo-v2-exp, and Rollout foo-v2 does not wait for it: ${fix}`,
  ],
  [
    'an AnalysisRun of nobody',
    idle,
    standalone,
    `AnalysisRun mine belongs to nobody, and Rollout foo-v2 does not wait for it: ${fix}`,
  ],
  [
    'an AnalysisRun of nobody beside a blue-green that is at rest',
    blueGreen({ stableRS: '7654b4484' }),
    standalone,
    `AnalysisRun mine belongs to nobody, and Rollout foo-v2 does not wait for it: ${fix}`,
  ],
] as const)
  test(`${name} is told to become a step`, () => {
    assert.equal(failure(standingOf(theGate, rollout, [run])), `gate promote asks nobody here: ${want}`)
  })

for (const [name, rollout, runs] of [
  ['a step is about to name its run', atItsGate(), [standalone]],
  ['a blue-green is about to name its run', blueGreen({}), [standalone]],
  ['a run of the Rollout is not named yet', idle, [standalone, own]],
  ['a background analysis has ended', idle, [{ ...background, status: { phase: 'Failed' } }]],
  ['the background analysis asks another gate', idle, [aRun({ name: 'b', gate: 'other' })]],
] as const)
  test(`a gate waits while ${name}`, () => {
    assert.equal(standingOf(theGate, rollout, runs).kind, 'Unsettled')
  })

test('a background analysis is told so although a step is about to ask', () => {
  assert.match(failure(standingOf(theGate, atItsGate(), [background])), /in the background/)
})

test('the run that the Rollout waits for asks, whatever else does', () => {
  assert.equal(standingOf(theGate, aRollout(), [own, background, standalone]).kind, 'Asking')
})

for (const [pattern, isDry] of [
  ['approval', true],
  ['^approval$', true],
  ['^app', true],
  ['oval$', true],
  ['.*', true],
  ['other', false],
  ['^oval$', false],
  ['^approve', false],
] as const)
  test(`a gate in dryRun ${pattern} ${isDry ? 'blocks nothing' : 'asks'}`, () => {
    const run = aRun({ spec: { ...own.spec, dryRun: [{ metricName: pattern }] } })
    const standing = standingOf(theGate, aRollout(), [run])
    if (!isDry) assert.equal(standing.kind, 'Asking')
    else
      assert.equal(
        failure(standing),
        'gate promote is a dry run in AnalysisRun foo-v2-7654b4484-2-2: this analysis blocks nothing; take the metric out of dryRun in Rollout foo-v2',
      )
  })

test('a dry run that Argo Rollouts reports is one, whatever its expression', () => {
  const dryRun = [{ metricName: '(a|ap)+roval' }]
  const metricResults = [{ name: 'approval', dryRun: true }]
  const run = aRun({ spec: { ...own.spec, dryRun }, status: { phase: 'Running', metricResults } })
  assert.match(failure(standingOf(theGate, aRollout(), [run])), /blocks nothing/)
})

function failure(standing: Standing): string {
  assert.ok(standing.kind === 'Over', standing.kind)
  assert.equal(standing.decision, 'failed')
  return standing.reason
}

function labelled(type: string): AnalysisRun {
  const run = aRun({ name: 'background', step: '' })
  return { ...run, metadata: { ...run.metadata, labels: { ...run.metadata.labels, 'rollout-type': type } } }
}

function ownerOf({ metadata }: AnalysisRun): NonNullable<AnalysisRun['metadata']['ownerReferences']>[number] {
  const [owner] = metadata.ownerReferences ?? []
  assert.ok(owner)
  return owner
}

/** At a step with an analysis, whose run it has not named. */
function atItsGate(): Rollout {
  const steps = [{ setWeight: 10 }, { setWeight: 25 }, { analysis: {} }, { setWeight: 100 }]
  return { ...idle, spec: { strategy: { canary: { steps } } } }
}

function blueGreen(status: NonNullable<Rollout['status']>): Rollout {
  const spec = { strategy: { blueGreen: { prePromotionAnalysis: {} } } }
  return { ...aBlueGreen({ blueGreen: {}, ...status }), spec }
}
