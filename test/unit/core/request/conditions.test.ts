import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionsFor, summaryOf } from '../../../../src/core/request/conditions.ts'
import { reasons } from '../../../../src/api/reasons.ts'
import type { FinalReason, Reason, WaitingReason } from '../../../../src/api/reasons.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const waiting = { kind: 'Waiting', reason: 'NoMatchingPolicy', message: 'why' } as const
const denied = { kind: 'Final', reason: 'AccessDenied', message: 'why' } as const
const said = { observedGeneration: 1, message: 'why' } as const

test('waiting is said by Complete=False alone', () => {
  assert.deepEqual(conditionsFor(request, waiting, t(1)), [
    { ...said, type: 'Complete', status: 'False', reason: 'NoMatchingPolicy', lastTransitionTime: at(1) },
  ])
})

test('an outcome is said by Complete and by a condition of its own', () => {
  const final = { ...said, status: 'True', reason: 'AccessDenied', lastTransitionTime: at(1) }
  assert.deepEqual(conditionsFor(request, denied, t(1)), [
    { ...final, type: 'Complete' },
    { ...final, type: 'Denied' },
  ])
})

for (const [name, before, verdict, want] of [
  ['stands still while a request waits for something else', request.waitingFor('Throttled'), waiting, at(0)],
  ['moves when a request is complete', request.waitingFor('Throttled'), denied, at(9)],
  ['stands still for the same outcome', request.finished('AccessDenied', 3), denied, at(3)],
] as const)
  test(`lastTransitionTime ${name}`, () => {
    const [complete] = conditionsFor(before, verdict, t(9))
    assert.equal(complete?.lastTransitionTime, want)
  })

test('observedGeneration is the one that was read', () => {
  const { metadata, ...rest } = request
  const [second] = conditionsFor({ ...rest, metadata: { ...metadata, generation: 2 } }, waiting, t(1))
  assert.equal(second?.observedGeneration, 2)
  const [unknown] = conditionsFor({ ...rest, metadata: { name: 'n' } }, waiting, t(1))
  assert.equal(unknown !== undefined && 'observedGeneration' in unknown, false)
})

for (const [length, want] of [
  [1023, 1023],
  [1024, 1024],
  [1025, 1024],
  [9999, 1024],
] as const)
  test(`a message of ${length} characters has ${want} in the end`, () => {
    const [complete] = conditionsFor(request, { ...waiting, message: 'x'.repeat(length) }, t(1))
    assert.equal(complete?.message.length, want)
  })

const names = Object.keys(reasons) as Reason[]

for (const reason of names.filter((name): name is FinalReason => reasons[name].stands !== 'Waiting'))
  test(`final ${reason} has Complete and one outcome that agrees`, () => {
    const conditions = conditionsFor(request, { kind: 'Final', reason, message: 'why' }, t(1))
    assert.deepEqual(
      conditions.map(({ status, reason: given }) => [status, given]),
      [
        ['True', reason],
        ['True', reason],
      ],
    )
    assert.match(conditions[1]?.type ?? '', /^(Approved|Denied|Expired|Withdrawn|Failed)$/)
  })

for (const reason of names.filter((name): name is WaitingReason => reasons[name].stands !== 'Final'))
  test(`waiting ${reason} has no terminal condition`, () => {
    const conditions = conditionsFor(request, { kind: 'Waiting', reason, message: 'why' }, t(1))
    assert.deepEqual(
      conditions.map(({ type, status }) => [type, status]),
      [['Complete', 'False']],
    )
  })

test('the summary is the condition Complete, wherever it stands', () => {
  const [complete, outcome] = request.finished('Approved').status?.conditions ?? []
  assert.ok(complete !== undefined && outcome !== undefined)
  assert.equal(summaryOf(request.having({ conditions: [outcome, complete] })), complete)
  assert.equal(summaryOf(request), undefined)
})
