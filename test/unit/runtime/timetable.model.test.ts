import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Timetable } from '../../../src/runtime/timetable.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'
import type { FakeClock } from '../../support/fakes/clocks/fake-clock.ts'

type Fired = { readonly key: string; readonly dueMs: number | undefined; readonly nowMs: number }

// Enough for a heap of several layers, in which what is last may have to rise when another is taken out.
const key = fc.integer({ min: 0, max: 40 }).map(String)
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('Add'), key, delayMs: fc.integer({ min: -5, max: 60 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('Add'),
      key,
      delayMs: fc.double({ min: 0, max: 9, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Cancel'), key }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Pass'), ms: fc.integer({ min: 1, max: 40 }) }) },
)

test('each key comes once, in order, at the earliest time asked for', (t) => {
  const clock = fakeClock(t)
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200, size: 'max' }), (commands) => {
      const model = new Model(clock)
      for (const given of commands) {
        if ('delayMs' in given) model.add(given.key, given.delayMs)
        else if ('ms' in given) model.pass(given.ms)
        else model.cancel(given.key)
      }
      model.pass(1000)
      assert.equal(model.timetable.size, 0)
    }),
    { numRuns: 400, interruptAfterTimeLimit: 5000 },
  )
})

test('what is due makes its next appointment in the same breath', (t) => {
  const clock = fakeClock(t)
  const delays = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20, size: 'max' })
  fc.assert(
    fc.property(delays, (delaysMs) => {
      const startMs = clock.monotonicMs()
      const [came, wanted]: [number[], number[]] = [[], []]
      let soFarMs = 0
      // Nothing comes sooner than in the next millisecond.
      for (const delayMs of delaysMs) wanted.push((soFarMs += Math.max(1, delayMs)))
      const timetable = new Timetable(clock, () => {
        came.push(clock.monotonicMs() - startMs)
        const next = delaysMs[came.length]
        if (next !== undefined) timetable.addAfter('a', next === 0 ? 1 : next)
      })
      timetable.addAfter('a', delaysMs[0] ?? 0)
      for (let ms = 0; ms <= soFarMs; ms += 1) clock.pass(1)
      assert.deepEqual(came, wanted)
    }),
    { numRuns: 50, interruptAfterTimeLimit: 3000 },
  )
})

/** A timetable next to a plain map of what it should know. */
class Model {
  readonly timetable: Timetable
  readonly #clock: FakeClock
  readonly #due = new Map<string, number>()
  #fired: Fired[] = []

  constructor(clock: FakeClock) {
    this.#clock = clock
    this.timetable = new Timetable(clock, (key) => {
      this.#fired.push({ key, dueMs: this.#due.get(key), nowMs: clock.monotonicMs() })
      this.#due.delete(key)
    })
  }

  add(key: string, delayMs: number): void {
    const dueMs = this.#clock.monotonicMs() + Math.max(0, delayMs)
    this.#due.set(key, Math.min(dueMs, this.#due.get(key) ?? Infinity))
    this.timetable.addAfter(key, delayMs)
    assert.equal(this.timetable.size, this.#due.size)
  }

  cancel(key: string): void {
    this.#due.delete(key)
    this.timetable.cancel(key)
    assert.equal(this.timetable.size, this.#due.size)
  }

  /** In one leap, so that several fall due at once and have to be put in order. */
  pass(ms: number): void {
    this.#fired = []
    this.#clock.pass(ms)
    let latestMs = -Infinity
    for (const { key, dueMs, nowMs } of this.#fired) {
      assert.ok(dueMs !== undefined, `${key} came without an appointment`)
      assert.ok(dueMs <= nowMs, `${key} came early`)
      assert.ok(dueMs >= latestMs, `${key} came after one that was due later`)
      latestMs = dueMs
    }
    const nowMs = this.#clock.monotonicMs()
    const forgotten = [...this.#due].filter(([, dueMs]) => dueMs <= nowMs)
    assert.deepEqual(forgotten, [])
  }
}
