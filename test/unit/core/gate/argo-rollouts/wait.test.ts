/** For how long a Rollout waits, by its run's arguments and its own annotations, and how far an approver may change it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rollout } from '../../../../../src/api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../../../src/api/objects.ts'
import type { WaitTerms } from '../../../../../src/core/gate/argo-rollouts/question.ts'
import { waitingOf } from '../../../../../src/core/gate/argo-rollouts/wait.ts'
import { aRollout, aRun, questionAsWanted } from '../../../../support/builders/gate-objects.ts'

type Settings = Readonly<Partial<Record<'wait' | 'wait-minimum' | 'wait-maximum', string>>>

function annotated(settings: Settings): Rollout {
  const annotations = Object.entries(settings).map(([name, value]) => [`countersign.dev/${name}`, value])
  return aRollout({}, { annotations: Object.fromEntries(annotations) as Record<string, string> })
}

function asked(terms: WaitTerms): ApprovalRequest {
  return questionAsWanted(aRollout(), aRun(), terms)
}

function between(wait: string, minimum: string, maximum: string): WaitTerms {
  return { wait, adjustable: [{ name: 'wait', type: 'Duration', minimum, maximum }] }
}

const day = between('0s', '0s', '24h')

for (const [name, settings, want] of [
  ['nothing', {}, {}],
  ['empty texts', { wait: '', 'wait-minimum': '', 'wait-maximum': '' }, {}],
  ['a wait', { wait: '15m' }, { wait: '15m' }],
  ['no wait', { wait: '0s' }, { wait: '0s' }],
  ['the longest wait', { wait: '24h' }, { wait: '24h' }],
  [
    'a wait within bounds',
    { wait: '5m', 'wait-minimum': '1m', 'wait-maximum': '1h' },
    between('5m', '1m', '1h'),
  ],
  [
    'a wait that is both bounds',
    { wait: '60s', 'wait-minimum': '1m', 'wait-maximum': '1m' },
    between('60s', '1m', '1m'),
  ],
  ['bounds alone', { 'wait-minimum': '1m', 'wait-maximum': '1h' }, between('1m', '1m', '1h')],
  ['a maximum alone', { 'wait-maximum': '24h' }, day],
  ['a wait and its maximum', { wait: '5m', 'wait-maximum': '1h' }, between('5m', '0s', '1h')],
] as const)
  for (const [place, waiter] of [
    ['arguments', { rollout: aRollout(), run: aRun({ args: settings }) }],
    ['annotations', { rollout: annotated(settings), run: aRun() }],
  ] as const)
    test(`${name} in the ${place}`, () => {
      assert.deepEqual(waitingOf(waiter), { kind: 'Sound', terms: want })
    })

for (const [name, settings, why] of [
  ['a wait above 24h', { wait: '24h1s' }, /durations of at most 24h/],
  ['a wait in words', { wait: '15 minutes' }, /durations of at most 24h/],
  ['a negative wait', { wait: '-1s' }, /durations of at most 24h/],
  ['a maximum above 24h', { 'wait-maximum': '99999h' }, /durations of at most 24h/],
  ['a minimum in words', { 'wait-minimum': 'soon', 'wait-maximum': '1h' }, /durations of at most 24h/],
  ['a long way to write 15m', { 'wait-maximum': '00000h00015m00000s' }, /durations of at most 24h/],
  ['a minimum alone', { 'wait-minimum': '1m' }, /needs a wait-maximum/],
  ['a wait below', { wait: '59s', 'wait-minimum': '1m', 'wait-maximum': '1h' }, /must lie between/],
  ['a wait above', { wait: '3601s', 'wait-minimum': '1m', 'wait-maximum': '1h' }, /must lie between/],
  ['bounds in the wrong order', { 'wait-minimum': '1h', 'wait-maximum': '1m' }, /must lie between/],
] as const)
  for (const [place, waiter] of [
    ['arguments', { rollout: aRollout(), run: aRun({ args: settings }) }],
    ['annotations', { rollout: annotated(settings), run: aRun() }],
  ] as const)
    test(`${name} in the ${place} is an error, with a reason`, () => {
      const waiting = waitingOf(waiter)
      assert.ok(waiting.kind === 'Malformed', JSON.stringify(waiting))
      assert.match(waiting.reason, why)
      assert.match(waiting.reason, /AnalysisRun foo-v2-7654b4484-2-2, else annotations of Rollout foo-v2/)
    })

test('an argument counts before the annotation of its name', () => {
  const rollout = annotated({ wait: '5m', 'wait-maximum': '1h' })
  const run = aRun({ args: { wait: '10m', 'wait-minimum': '', 'wait-maximum': '' } })
  assert.deepEqual(waitingOf({ rollout, run }), { kind: 'Sound', terms: between('10m', '0s', '1h') })
})

for (const [name, put, now] of [
  ['changed', between('5m', '1m', '1h'), { wait: '6m', 'wait-minimum': '1m', 'wait-maximum': '2h' }],
  ['malformed', between('5m', '1m', '1h'), { wait: 'soon' }],
  ['taken away', between('5m', '1m', '1h'), {}],
  ['added', {}, { wait: '5m' }],
] as const)
  test(`a question that was put stays as it is when annotations are ${name}`, () => {
    const waiting = waitingOf({ rollout: annotated(now), run: aRun(), asked: asked(put) })
    assert.deepEqual(waiting, { kind: 'Sound', terms: put })
  })

test('a question that was put has the arguments of its run', () => {
  const run = aRun({ args: { wait: '5m', 'wait-maximum': '1h' } })
  const waiting = waitingOf({ rollout: aRollout(), run, asked: asked({ wait: '0s' }) })
  assert.deepEqual(waiting, { kind: 'Sound', terms: between('5m', '0s', '1h') })
})
