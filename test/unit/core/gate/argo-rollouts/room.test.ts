/** What a run has room for: no wait is offered that it does not last for, and one that was chosen too late is told of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun, Metric } from '../../../../../src/api/argo-rollouts.ts'
import type { WaitTerms } from '../../../../../src/core/gate/argo-rollouts/question.ts'
import { asHeldBy, fittedTo } from '../../../../../src/core/gate/argo-rollouts/room.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aRollout, aRun, gateMetric } from '../../../../support/builders/gate-objects.ts'

const rollout = aRollout()

const { name, provider = {} } = gateMetric()

function asking(...metrics: readonly Partial<Metric>[]): AnalysisRun {
  return aRun({ args: { n: '61' }, metrics: metrics.map((metric) => ({ name, provider, ...metric })) })
}

function between(wait: string, minimum: string, maximum: string): WaitTerms {
  return { wait, adjustable: [{ name: 'wait', type: 'Duration', minimum, maximum }] }
}

const tenMinutes = { interval: '10s', count: 61, inconclusiveLimit: 61 }
const whole = between('0s', '0s', '24h')

for (const [name, run, want] of [
  ['a count', asking(tenMinutes), '10m'],
  ['a smaller inconclusiveLimit', asking({ ...tenMinutes, inconclusiveLimit: 30 }), '5m'],
  ['no inconclusiveLimit', asking({ interval: '10s', count: 61 }), '0s'],
  ['a count by an argument', asking({ ...tenMinutes, count: '{{args.n}}' }), '10m'],
  ['one measurement', asking({ inconclusiveLimit: 9 }), '0s'],
  ['two metrics', asking({ ...tenMinutes, count: 7 }, tenMinutes), '1m'],
  ['no count, as Argo Rollouts refuses it', asking({ interval: '10s', inconclusiveLimit: 61 }), '10m10s'],
  ['a longer time', asking({ ...tenMinutes, count: 99_999, inconclusiveLimit: 99_999 }), '24h'],
  ['an interval that cannot be read', asking({ ...tenMinutes, interval: '1.5m' }), '24h'],
  ['an argument that is not there', asking({ ...tenMinutes, count: '{{args.m}}' }), '24h'],
  ['no gate', asking({ ...tenMinutes, provider: {} }), '24h'],
] as const)
  test(`a run with ${name} has room for ${want}`, () => {
    assert.deepEqual(fittedTo({ rollout, run }, whole), between('0s', '0s', want))
  })

for (const [name, terms, fits] of [
  ['a wait', { wait: '10m' }, true],
  ['a longer wait', { wait: '10m1s' }, false],
  ['no wait', {}, true],
  ['a minimum', between('10m', '600s', '10m'), true],
  ['a greater minimum', between('10m', '601s', '1h'), false],
] as const)
  test(`${name} of a run of ten minutes ${fits ? 'stays' : 'is an error'}`, () => {
    const fitted = fittedTo({ rollout, run: asking(tenMinutes) }, terms)
    if (fits) assert.deepEqual(fitted, terms)
    else
      assert.match(
        typeof fitted === 'string' ? fitted : '',
        /^a wait of 10m1s is never over: the run asks for 10m \(/,
      )
  })

test('what was fitted once stays as it is', () => {
  const asker = { rollout, run: asking(tenMinutes) }
  const fitted = fittedTo(asker, whole)
  assert.ok(typeof fitted !== 'string')
  assert.deepEqual(fittedTo(asker, fitted), fitted)
})

for (const [name, seconds, want] of [
  ['at its end', 600, 'approved, with a wait'],
  [
    'after its end',
    601,
    /^WaitTooLong: .* AnalysisRun foo-v2-7654b4484-2-2 asks until .* only; the Rollout pauses/,
  ],
] as const)
  test(`a wait that is over ${name} is told as it is`, () => {
    const verdict = { decision: 'holding', reason: 'approved, with a wait', notBefore: at(seconds) } as const
    const held = asHeldBy({ rollout, run: asking(tenMinutes) }, verdict)
    assert.equal(held.decision, 'holding')
    if (typeof want === 'string') assert.equal(held.reason, want)
    else assert.match(held.reason ?? '', want)
  })

test('a run counts from when it was started', () => {
  const run = { ...asking(tenMinutes), status: { startedAt: at(1) } }
  const verdict = { decision: 'holding', notBefore: at(601) } as const
  assert.equal(asHeldBy({ rollout, run }, verdict), verdict)
})

test('nothing else is told differently', () => {
  const verdict = { decision: 'approved', notBefore: at(9999) } as const
  assert.equal(asHeldBy({ rollout, run: asking(tenMinutes) }, verdict), verdict)
})
