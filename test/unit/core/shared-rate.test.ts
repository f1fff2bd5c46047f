/** Who uses up its own rate, and whose is left. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedRate } from '../../../src/core/shared-rate.ts'
import type { SharedRate } from '../../../src/core/shared-rate.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'

const rates = { each: { perSecond: 1, burst: 3 }, all: { perSecond: 4, burst: 8 } }

function taken(rate: SharedRate, whose: string, times: number): number {
  return Array.from({ length: times }, () => rate.take(whose)).filter(Boolean).length
}

test('each has its burst, and then its rate', () => {
  const clock = manualClock()
  const rate = sharedRate(rates, clock)
  assert.equal(taken(rate, 'a', 10), 3)
  clock.advance(1)
  assert.equal(taken(rate, 'a', 10), 1)
})

test('what one is refused costs the others nothing', () => {
  const rate = sharedRate(rates, manualClock())
  taken(rate, 'a', 1000)
  assert.equal(taken(rate, 'b', 3), 3)
})

test('all together have no more than the rate for all', () => {
  const rate = sharedRate(rates, manualClock())
  const all = Array.from({ length: 100 }, (_, index) => taken(rate, String(index), 1))
  assert.equal(all.filter((count) => count === 1).length, 8)
})

test('whoever comes from ever new addresses makes nobody else’s rate larger', () => {
  const rate = sharedRate({ ...rates, all: { perSecond: 0, burst: 100_000 } }, manualClock())
  taken(rate, 'a', 3)
  for (let index = 0; index < 4000; index++) rate.take(String(index))
  assert.equal(taken(rate, 'a', 1), 0)
})
