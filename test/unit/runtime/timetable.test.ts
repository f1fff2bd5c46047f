import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/runtime/clock.ts'
import { Timetable } from '../../../src/runtime/timetable.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'
import type { FakeClock } from '../../support/fakes/clocks/fake-clock.ts'

test('a key is due at its time, not before', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', 1000)
  clock.pass(999)
  assert.deepEqual(due, [])
  clock.pass(1)
  assert.deepEqual(due, ['a'])
})

test('a key without a time is refused, instead of being due for ever', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  assert.throws(() => {
    timetable.addAfter('a', Number.NaN)
  }, RangeError)
  timetable.addAfter('b', 10)
  clock.pass(10)
  assert.deepEqual([due, timetable.size], [['b'], 0])
})

test('keys come in the order of their times', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  for (const [key, delayMs] of [
    ['c', 30],
    ['a', 10],
    ['b', 20],
  ] as const)
    timetable.addAfter(key, delayMs)
  clock.pass(20)
  assert.deepEqual(due, ['a', 'b'])
  clock.pass(10)
  assert.deepEqual(due, ['a', 'b', 'c'])
})

test('an earlier time wins over a later one', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', 50)
  timetable.addAfter('a', 10)
  clock.pass(100)
  assert.deepEqual(due, ['a'])
  assert.equal(timetable.size, 0)
})

test('a later time does not put off an earlier one', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', 10)
  timetable.addAfter('a', 50)
  clock.pass(10)
  assert.deepEqual(due, ['a'])
})

test('what is cancelled never comes', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', 10)
  timetable.addAfter('b', 20)
  timetable.cancel('a')
  clock.pass(100)
  assert.deepEqual(due, ['b'])
})

test('a time in the past is due at once', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', -5)
  clock.pass(1)
  assert.deepEqual(due, ['a'])
})

test('thirty days are waited for', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  const month = 30 * 24 * 3_600_000
  timetable.addAfter('a', month)
  clock.pass(month - 1)
  assert.deepEqual(due, [])
  clock.pass(1)
  assert.deepEqual(due, ['a'])
})

test('no timer is longer than Node can count', (t) => {
  const timers = t.mock.method(globalThis, 'setTimeout')
  const timetable = new Timetable(systemClock, () => undefined)
  timetable.addAfter('a', 30 * 24 * 3_600_000)
  timetable.stop()
  assert.deepEqual(
    timers.mock.calls.map(({ arguments: [, delayMs] }) => delayMs),
    [2 ** 31 - 1],
  )
})

test('a key may make its next appointment when it is due', (t) => {
  const clock = fakeClock(t)
  const due: number[] = []
  const startMs = clock.monotonicMs()
  const timetable = new Timetable(clock, (key) => {
    due.push(clock.monotonicMs() - startMs)
    if (due.length < 3) timetable.addAfter(key, 5)
  })
  timetable.addAfter('a', 5)
  for (let step = 0; step < 4; step += 1) clock.pass(5)
  assert.deepEqual(due, [5, 10, 15])
})

test('nothing comes after stop', (t) => {
  const { clock, timetable, due } = aTimetable(t)
  timetable.addAfter('a', 10)
  timetable.stop()
  clock.pass(100)
  assert.deepEqual(due, [])
})

function aTimetable(t: TestContext): { clock: FakeClock; timetable: Timetable; due: string[] } {
  const clock = fakeClock(t)
  const due: string[] = []
  return { clock, due, timetable: new Timetable(clock, (key) => void due.push(key)) }
}
