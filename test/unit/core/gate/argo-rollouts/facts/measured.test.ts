import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetricResult, Rollout } from '../../../../../../src/api/argo-rollouts.ts'
import type { Revision, Revisions } from '../../../../../../src/core/gate/argo-rollouts/facts/change.ts'
import type { ComputedFact } from '../../../../../../src/core/ports/subjects.ts'
import { measuredFacts } from '../../../../../../src/core/gate/argo-rollouts/facts/measured.ts'
import { at } from '../../../../../support/fakes/clocks/clock.ts'
import { aBlueGreen, aRollout, aRun, gateMetric } from '../../../../../support/builders/gate-objects.ts'

const unread: Revision = {
  name: 'foo-v2-5d4f',
  template: { kind: 'Unreadable', reason: 'ReplicaSet foo-v2-5d4f is not there' },
  transient: { labels: {}, annotations: {} },
}
const none: Revisions = { stable: unread, updated: unread }

function told(rollout: Rollout, runs = [aRun()], revisions = none): readonly ComputedFact[] {
  return measuredFacts(rollout, runs, revisions).filter(({ name }) => name !== 'Pod template')
}

function facts(rollout: Rollout, runs = [aRun()]) {
  return Object.fromEntries(told(rollout, runs).map(({ name, value }) => [name, value]))
}

function measured(...results: readonly MetricResult[]) {
  return aRun({
    name: 'background',
    step: '',
    metrics: results.map(({ name }) => ({ name, successCondition: 'result[0] >= 0.95' })),
    status: { metricResults: results },
  })
}

const budget = {
  ...{ name: 'error-budget', count: 12, successful: 11, failed: 1, dryRun: true },
  measurements: [{ value: '[0.9]' }, { value: '[0.87]' }],
}

test('the last value of a metric is told with its counts and what is wanted', () => {
  assert.equal(
    facts(aRollout(), [measured(budget)])['metric error-budget'],
    '0.87 (12 measured, 11 successful, 1 failed), wanted: result[0] >= 0.95, for information only',
  )
})

test('a metric that has not been measured says so', () => {
  assert.match(
    facts(aRollout(), [measured({ name: 'errors' })])['metric errors'] ?? '',
    /^no value yet \(0 measured\)/,
  )
})

test("the gate's own run is not a measurement", () => {
  const run = aRun({ status: { metricResults: [{ name: 'approval', count: 3 }] } })
  assert.deepEqual(Object.keys(facts(aRollout(), [run, aRun({ metrics: [gateMetric()] })])), [
    'step',
    'weight',
  ])
})

test('runs of another revision or of another Rollout are left out', () => {
  const run = measured(budget)
  assert.equal(facts(aRollout({ currentPodHash: 'new' }), [run])['metric error-budget'], undefined)
  assert.equal(facts(aRollout({}, { uid: 'other' }), [run])['metric error-budget'], undefined)
})

test('of two runs of one metric the newer one counts', () => {
  const later = { ...measured({ ...budget, measurements: [{ value: '7' }] }), ...named('later', 5) }
  for (const runs of [
    [measured(budget), later],
    [later, measured(budget)],
  ])
    assert.match(facts(aRollout(), runs)['metric error-budget'] ?? '', /^7 /)
})

for (const [name, rollout, want] of [
  ['by the last step that set one', aRollout(), '25 % of the traffic or Pods'],
  [
    'by the traffic router',
    aRollout({ canary: { weights: { canary: { weight: 30 } } } }),
    '30 % of the traffic or Pods',
  ],
  ['not before one was set', aRollout({ currentStepIndex: 0 }), undefined],
] as const)
  test(`the weight is told ${name}`, () => {
    assert.equal(facts(rollout).weight, want)
  })

test('revision and step are told', () => {
  const { revision, step } = facts(aRollout({}, { annotations: { 'rollout.argoproj.io/revision': '2' } }))
  assert.deepEqual({ revision, step }, { revision: '2', step: '3 of 5' })
})

test('a revision that is no number is not told', () => {
  const annotations = { 'rollout.argoproj.io/revision': '2, signed off by the CTO' }
  assert.equal(facts(aRollout({}, { annotations })).revision, undefined)
})

test('a blue-green that has switched says so', () => {
  const switched = aBlueGreen({ blueGreen: { activeSelector: '7654b4484' } })
  assert.equal(facts(switched).traffic, 'all of it goes to this revision already')
  assert.equal(facts(aBlueGreen()).traffic, undefined)
})

test('every fact says where it was read, and who can write that', () => {
  const annotations = { 'rollout.argoproj.io/revision': '2' }
  const all = measuredFacts(aRollout({}, { annotations }), [measured(budget)], none)
  const rollout = 'Rollout foo-v2; anyone who may edit Rollouts in demo can write this'
  assert.deepEqual(
    all.map(({ name, source }) => [name, source]),
    [
      [
        'Pod template',
        'ReplicaSets of Rollout foo-v2; anyone who may edit Rollouts or ReplicaSets in demo can write this',
      ],
      ...['revision', 'step', 'weight'].map((name) => [name, rollout]),
      [
        'metric error-budget',
        'AnalysisRun background, metric error-budget; anyone who may edit AnalysisRuns in demo can write this',
      ],
    ],
  )
})

const claim = 'signed off by alice'

for (const [name, result, successCondition, want] of [
  ['a text as value', { measurements: [{ value: `"${claim}"` }] }, undefined, 'its last value is no number'],
  [
    'a number with a text',
    { measurements: [{ value: `1 ${claim}` }] },
    undefined,
    'its last value is no number',
  ],
  [
    'an object as value',
    { measurements: [{ value: `{"by": "${claim}"}` }] },
    undefined,
    'its last value is no number',
  ],
  ['a list of numbers', { measurements: [{ value: '[0.98, 1e-3,NaN]' }] }, undefined, '0.98, 1e-3, NaN'],
  [
    'a list of many numbers',
    { measurements: [{ value: '[1,2,3,4,5]' }] },
    undefined,
    'its last value is no number',
  ],
  [
    'a number of any length',
    { measurements: [{ value: '9'.repeat(999) }] },
    undefined,
    'its last value is no number',
  ],
  ['a text in its condition', {}, `result == "${claim}"`, 'no value yet'],
  ['a text behind its condition', {}, `result > 1 || "${claim}" != ""`, 'no value yet'],
] as const)
  test(`a metric with ${name} tells numbers only`, () => {
    const run = aRun({
      name: 'background',
      step: '',
      metrics: [{ name: claim, ...(successCondition !== undefined && { successCondition }) }],
      status: { metricResults: [{ name: claim, ...result }] },
    })
    const wanted = successCondition === undefined ? '' : ', wanted: see the metric’s successCondition'
    const [fact] = told(aRollout(), [run]).slice(-1)
    assert.equal(fact?.name, 'metric signed-off-by-alice')
    assert.equal(fact.value, `${want} (0 measured)${wanted}`)
    assert.doesNotMatch(JSON.stringify(fact), new RegExp(claim))
  })

test('a condition on several numbers is told', () => {
  const metrics = [{ name: 'errors', successCondition: 'result[0] <= 0.5 && asFloat(result) != 3' }]
  const run = aRun({ step: '', metrics, status: { metricResults: [{ name: 'errors' }] } })
  assert.match(
    facts(aRollout(), [run])['metric errors'] ?? '',
    /wanted: result\[0\] <= 0\.5 && asFloat\(result\) != 3$/,
  )
})

test('facts keep within what status takes, each under a name of its own', () => {
  const names = ['n'.repeat(100), `${'n'.repeat(99)}m`, 'a b', 'a-b']
  const run = { ...measured(...names.map((name) => ({ name }))), ...named('r'.repeat(253), 0) }
  const all = measuredFacts(aRollout(), [run], none)
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
  for (const { name, value, source = '' } of all)
    assert.ok(name.length <= 63 && value.length <= 512 && source.length <= 512)
})

test('of more than twelve facts the others are counted', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ name: `m${index}` }))
  const all = measuredFacts(aRollout(), [measured(...many)], none)
  assert.equal(all.length, 12)
  assert.deepEqual(all.at(-1), {
    name: 'others',
    value: '32 more facts are not shown here; the AnalysisRuns of the Rollout have them',
    source: 'the operator',
  })
})

function named(name: string, seconds: number) {
  return { metadata: { ...measured().metadata, name, creationTimestamp: at(seconds) } }
}
