/** Who is asked next is whoever the timetable asks then, and nobody a moment earlier. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secondsAfter } from '../../../../src/core/duration.ts'
import { due } from '../../../../src/core/tally/due.ts'
import type { TimedStage } from '../../../../src/core/tally/due.ts'
import { nextAsked } from '../../../../src/core/tally/next-asked.ts'
import type { Answer } from '../../../../src/core/tally/tally.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const askedAt = t(0)
const inTurn: TimedStage = { name: 'sre', required: 1, approvers: ['a', 'b', 'c'], turnSeconds: 60 }
const second: TimedStage = { name: 'dev', required: 1, approvers: ['b', 'd'], turnSeconds: 90 }
const lead: TimedStage = {
  ...{ name: 'lead', required: 1, approvers: ['b', 'e', 'f'] },
  ...{ insteadOf: 'sre', afterSeconds: 150 },
}
const open: Answer = { kind: 'Open' }
const failed: Answer = { kind: 'Failed' }

for (const [name, stages, answers, seconds, want] of [
  ['the next one in turn', [inTurn], { a: open }, 0, [60, 'b']],
  ['the one after it', [inTurn], { a: open, b: open }, 60, [120, 'c']],
  ['the one after it, where the turn was passed on', [inTurn], { a: failed, b: open }, 5, [60, 'c']],
  ['nobody after the last one', [inTurn], { a: open, b: open, c: open }, 120, undefined],
  ['the soonest of two stages', [inTurn, second], { a: open, b: open }, 0, [90, 'd']],
  ['everyone of a stage who was not asked', [inTurn, lead], { a: open, b: open, c: open }, 130, [150, 'e,f']],
  [
    'nobody while all are asked at once',
    [{ name: 'sre', required: 1, approvers: ['a', 'b'] }],
    {},
    0,
    undefined,
  ],
] satisfies [
  string,
  readonly TimedStage[],
  Readonly<Record<string, Answer>>,
  number,
  [number, string] | undefined,
][])
  test(`next is ${name}`, () => {
    const known = new Map<string, Answer>(Object.entries(answers))
    const next = nextAsked(stages, known, { askedAt, now: t(seconds), held: [] })
    assert.deepEqual(next && [next.at, next.people.join(',')], want && [t(want[0]), want[1]])
    if (next === undefined) return
    const { ask } = due(stages, known, { askedAt, now: next.at })
    const { ask: before } = due(stages, known, { askedAt, now: secondsAfter(next.at, -1) })
    for (const person of next.people)
      assert.deepEqual([ask.includes(person), before.includes(person)], [true, false])
  })

test('where a limit holds one who is asked in turn, nothing is said; elsewhere the timetable stays', () => {
  const moment = { askedAt, now: t(0) }
  assert.equal(nextAsked([inTurn], new Map([['b', open]]), { ...moment, held: ['a'] }), undefined)
  const together: TimedStage = { name: 'sre', required: 1, approvers: ['a', 'b'] }
  const next = nextAsked([together, lead], new Map([['b', open]]), { ...moment, held: ['a'] })
  assert.deepEqual(next, { at: t(150), people: ['e', 'f'] })
})
