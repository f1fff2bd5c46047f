import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  durationOf,
  earlier,
  secondsAfter,
  secondsBetween,
  secondsOf,
  timestamp,
} from '../../../src/core/duration.ts'
import { t } from '../../support/fakes/clocks/clock.ts'

for (const [duration, seconds] of [
  ['1s', 1],
  ['90s', 90],
  ['10m', 600],
  ['2h', 7200],
  ['1h30m', 5400],
  ['1h1m1s', 3661],
  ['0s', 0],
  ['99999h99999m99999s', 366_096_339],
] as const)
  test(`${duration} is ${seconds} seconds`, () => {
    assert.equal(secondsOf(duration), seconds)
  })

for (const text of ['', '5', 'soon', '1.5h', '-1h', '1h 1m', '1m1h', '1d', 'PT1H', '000001h'])
  test(`"${text}", which the CRDs refuse, counts as 0`, () => {
    assert.equal(secondsOf(text), 0)
  })

for (const [name, from, to, want] of [
  ['counts whole seconds', t(0), t(5), 5],
  ['rounds down', t(0), t(5.999), 5],
  ['rounds down below zero too', t(0), t(-0.001), -1],
  ['counts nothing between a moment and itself', t(3), t(3), 0],
] as const)
  test(`secondsBetween ${name}`, () => {
    assert.equal(secondsBetween(from, to), want)
  })

test('secondsAfter reads moments as the API server writes them', () => {
  assert.deepEqual(secondsAfter('2026-11-23T09:22:31Z', 29), new Date('2026-11-23T09:23:00Z'))
})

test('a timestamp has whole seconds', () => {
  assert.equal(timestamp(new Date('2026-11-23T09:22:31.999Z')), '2026-11-23T09:22:31Z')
})

test('the earlier of two moments wins', () => {
  assert.deepEqual(earlier(t(1), t(2)), t(1))
  assert.deepEqual(earlier(t(2), t(1)), t(1))
})

for (const [seconds, text] of [
  [0, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3600, '1h'],
  [8390, '2h19m50s'],
  [86_400, '24h'],
] as const)
  test(`${seconds} seconds are written as ${text}`, () => {
    assert.equal(durationOf(seconds), text)
    assert.equal(secondsOf(durationOf(seconds)), seconds)
  })
