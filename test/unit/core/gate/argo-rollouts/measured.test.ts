import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetricResult, PodTemplate, Rollout } from '../../../../../src/api/argo-rollouts.ts'
import { measuredFacts } from '../../../../../src/core/gate/argo-rollouts/measured.ts'
import { at } from '../../../../support/clock.ts'
import { aRollout, aRun, gateMetric } from '../../../../support/gate-objects.ts'

const none = { stable: undefined, updated: undefined }

function template(...images: readonly string[]): PodTemplate {
  return { spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) } }
}

function facts(rollout: Rollout, runs = [aRun()], templates = none as Parameters<typeof measuredFacts>[2]) {
  return Object.fromEntries(measuredFacts(rollout, runs, templates).map(({ name, value }) => [name, value]))
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
    facts(aRollout(), [measured(budget)])['error-budget'],
    '[0.87] (12 measured, 11 successful, 1 failed) wanted: result[0] >= 0.95 for information only',
  )
})

test('a metric that has not been measured says so', () => {
  assert.match(facts(aRollout(), [measured({ name: 'errors' })]).errors ?? '', /^no value yet \(0 measured\)/)
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
  assert.equal(facts(aRollout({ currentPodHash: 'new' }), [run])['error-budget'], undefined)
  assert.equal(facts(aRollout({}, { uid: 'other' }), [run])['error-budget'], undefined)
})

test('of two runs of one metric the newer one counts', () => {
  const later = { ...measured({ ...budget, measurements: [{ value: 'new' }] }), ...named('later', 5) }
  for (const runs of [
    [measured(budget), later],
    [later, measured(budget)],
  ])
    assert.match(facts(aRollout(), runs)['error-budget'] ?? '', /^new /)
})

for (const [name, stable, updated, want] of [
  ['a new image', template('foo:v1'), template('foo:v2'), { image: 'foo:v1 → foo:v2' }],
  ['the same image', template('foo:v1'), template('foo:v1'), { image: 'foo:v1, unchanged' }],
  ['no stable revision', undefined, template('foo:v2'), { image: 'none → foo:v2' }],
  ['no template', undefined, undefined, {}],
  [
    'two containers',
    template('foo:v1', 'bar:v1'),
    template('foo:v2', 'bar:v1'),
    { 'image of c0': 'foo:v1 → foo:v2', 'image of c1': 'bar:v1, unchanged' },
  ],
] as const)
  test(`${name} is told`, () => {
    const images = facts({ ...aRollout(), spec: {} }, [], { stable, updated })
    assert.deepEqual(images, want)
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

test('what a server said is one bounded line', () => {
  const value = `1\n\u202e2\u0000${'3'.repeat(600)}`
  const [fact] = measuredFacts(
    aRollout(),
    [measured({ name: 'n'.repeat(100), measurements: [{ value }] })],
    none,
  ).slice(-1)
  assert.equal(fact?.name.length, 63)
  assert.equal(fact.value.length, 512)
  assert.match(fact.value, /^1 2 3+$/)
})

test('no more than fourteen facts are told', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ name: `m${index}` }))
  assert.equal(measuredFacts(aRollout(), [measured(...many)], none).length, 14)
})

function named(name: string, seconds: number) {
  return { metadata: { ...measured().metadata, name, creationTimestamp: at(seconds) } }
}
