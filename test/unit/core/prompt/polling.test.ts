import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  afterFailure,
  afterPending,
  afterSlowDown,
  backoffSeconds,
  longestPauseSeconds,
  comesTooLate,
  endingAt,
  placeAfterTakeover,
  spreadSeconds,
  startPolling,
} from '../../../../src/core/prompt/polling.ts'
import { start, t } from '../../../support/fakes/clocks/clock.ts'

const polling = startPolling({ intervalSeconds: 5 }, start)

test('the first token request goes out one interval after the prompt', () => {
  assert.deepEqual(polling, { kind: 'Polling', nextAt: t(5), intervalSeconds: 5, failures: 0 })
})

for (const [name, next, nextAt, intervalSeconds] of [
  ['authorization_pending waits one interval more', afterPending(polling, t(7)), t(12), 5],
  ['a longer Retry-After wins over the interval', afterPending(polling, t(7), 6), t(13), 5],
  ['a shorter Retry-After does not', afterPending(polling, t(7), 4), t(12), 5],
  ['slow_down waits five seconds more', afterSlowDown(polling, t(7)), t(17), 10],
  ['a longer Retry-After wins over slow_down', afterSlowDown(polling, t(7), 11), t(18), 10],
  ['slow_down lengthens every later interval', afterPending(afterSlowDown(polling, t(7)), t(20)), t(30), 10],
  ['every slow_down adds to the one before', afterSlowDown(afterSlowDown(polling, t(7)), t(20)), t(35), 15],
  ['Retry-After counts once', afterPending(afterPending(polling, t(7), 60), t(70)), t(75), 5],
] as const)
  test(name, () => {
    assert.deepEqual([next.nextAt, next.intervalSeconds, next.failures], [nextAt, intervalSeconds, 0])
  })

test('it stays known when the person had not answered yet', () => {
  assert.deepEqual(afterPending(polling, t(7)).pendingAt, t(7))
  const later = afterSlowDown(afterFailure(afterPending(polling, t(7)), t(12)), t(20))
  assert.deepEqual(later.pendingAt, t(7), 'neither a failure nor slow_down says it')
})

const pinging = startPolling({ intervalSeconds: 5, awaitsPing: true }, start)

for (const [name, next, nextAt] of [
  ['the first token request is late', pinging, t(30)],
  ['every other one too', afterPending(pinging, t(30)), t(60)],
  ['and one after a failure', afterFailure(pinging, t(30)), t(60)],
  ['slow_down changes nothing where the pause is longer', afterSlowDown(pinging, t(30)), t(60)],
  [
    'an interval that is longer still holds',
    startPolling({ intervalSeconds: 60, awaitsPing: true }, start),
    t(60),
  ],
  ['after it the interval is the provider’s', afterPending({ ...pinging, awaitsPing: false }, t(7)), t(12)],
] as const)
  test(`while a ping is awaited ${name}`, () => {
    assert.deepEqual(next.nextAt, nextAt)
  })

for (const [failures, seconds] of [
  [0, 5],
  [2, 5],
  [3, 8],
  [5, 32],
  [6, 60],
  [1000, 60],
] as const)
  test(`after ${failures} failures in a row the next request waits ${seconds} s`, () => {
    const failed = afterFailure({ ...polling, failures }, t(7))
    assert.deepEqual(failed, { ...polling, nextAt: t(7 + seconds), failures: failures + 1 })
  })

test('a failure obeys Retry-After', () => {
  assert.deepEqual(afterFailure(polling, t(7), 90).nextAt, t(97))
})

test('an answer ends the row of failures', () => {
  const failed = afterFailure(afterFailure(polling, t(7)), t(12))
  assert.equal(afterPending(failed, t(20)).failures, 0)
  assert.equal(afterSlowDown(failed, t(20)).failures, 0)
})

test('backoff doubles up to a minute', () => {
  assert.deepEqual(
    [0, 1, 2, 5, 6, 10, 11, Number.MAX_SAFE_INTEGER].map((failures) => backoffSeconds(failures)),
    [1, 2, 4, 32, 60, 60, 60, 60],
  )
})

for (const [left, seconds, longest] of [
  ['nothing', 0, 60],
  ['an hour', 3600, 60],
  ['two hours', 7200, 120],
  ['a day', 86_400, 300],
] as const)
  test(`a prompt that cannot be sent is tried again after ${longest} s at most with ${left} left`, () => {
    assert.equal(longestPauseSeconds(t(seconds), t(0)), longest)
  })

for (const [name, uid, silent, deadline, nextAt] of [
  ['waits a whole interval', '0000aaaa-…', undefined, undefined, 5],
  ['has a place in the interval after that one', '8000aaaa-…', undefined, undefined, 7.5],
  ['under a uid that is not hexadecimal waits longest', '', undefined, undefined, 10],
  ['of a process that is still redeeming waits for it', '8000aaaa-…', 60, undefined, 62.5],
  ['waits no longer for one that is done soon', '8000aaaa-…', 3, undefined, 7.5],
  ['is asked for at the deadline, if that is sooner than its place', '8000aaaa-…', undefined, 6, 6],
  ['is not asked for too early, because of the deadline', '8000aaaa-…', undefined, 2, 5],
  ['that may still be redeemed is left alone until then, whatever the deadline', '8000aaaa-…', 60, 20, 60],
] as const)
  test(`a prompt of another process ${name}`, () => {
    const [silentUntil, end] = [silent, deadline].map((moment) =>
      moment === undefined ? undefined : t(moment),
    )
    const known = { uid, silentUntil, deadline: end }
    assert.deepEqual(placeAfterTakeover({ intervalSeconds: 5 }, known, t(0)), t(nextAt))
  })

test('a provider with a long interval is asked soon after the deadline, though that is too early', () => {
  const known = { uid: '8000aaaa-…', deadline: t(10) }
  assert.deepEqual(placeAfterTakeover({ intervalSeconds: 600 }, known, t(0)), t(40))
})

test('a provider without an interval is asked at once', () => {
  assert.deepEqual(placeAfterTakeover({ intervalSeconds: 0 }, { uid: '' }, t(7)), t(7))
})

for (const [uid, want] of [
  ['80000000-0000-4000-8000-000000000000', 0],
  ['80000000-0000-4000-8000-000000008000', 15],
  ['80000000-0000-4000-8000-00000000c000', 22.5],
  ['', 30],
] as const)
  test(`a pause of a minute is ${want} s longer for "${uid}"`, () => {
    assert.equal(spreadSeconds(60, uid), want)
  })

const rhythm = { uid: fc.uuid(), intervalSeconds: fc.integer({ min: 0, max: 3600 }) }

test('after a restart everyone has a place in the second interval', () => {
  fc.assert(
    fc.property(fc.record({ ...rhythm, seconds: fc.integer({ min: 0, max: 10_000 }) }), (given) => {
      const { uid, intervalSeconds, seconds } = given
      const nextAt = placeAfterTakeover({ intervalSeconds }, { uid }, t(seconds))
      assert.ok(nextAt >= t(seconds + intervalSeconds) && nextAt <= t(seconds + 2 * intervalSeconds))
    }),
  )
})

const every2 = startPolling({ intervalSeconds: 2 }, start)

for (const [name, now, polling, deadline, nextAt] of [
  ['goes out after the interval while there is time', 0, every2, 12, 2],
  ['leaves a whole interval to the last one', 0, every2, 4, 2],
  ['shares what is left for two', 0, every2, 5, 2.5],
  ['shares no more than that', 0, every2, 6, 2],
  ['waits for the deadline where there is room for one', 0, every2, 3.9, 3.9],
  ['waits for the deadline right before the interval is over', 0, every2, 2, 2],
  ['is not early where the prompt lives shorter than the interval', 0, every2, 1, 2],
  ['obeys slow_down at the deadline', 0, afterSlowDown(every2, start), 3, 7],
  ['shortens a pause of its own at the deadline', 0, afterFailure({ ...every2, failures: 6 }, start), 20, 20],
  ['does not wait for a lost ping beyond the deadline', 0, pinging, 20, 20],
  ['goes out at once where it is due', 0, { ...every2, nextAt: start }, 1, 0],
  ['is asked once more after the deadline', 12, afterSlowDown({ ...every2, nextAt: t(12) }, t(12)), 12, 19],
] as const)
  test(`near the deadline a token request ${name}`, () => {
    assert.deepEqual(endingAt(t(deadline), polling, t(now)).nextAt, t(nextAt))
  })

test('an interval that ends long after the deadline leaves no token request', () => {
  const slow = startPolling({ intervalSeconds: 60 }, start)
  assert.equal(comesTooLate(endingAt(t(29), slow, start), t(29)), true)
  assert.equal(comesTooLate(endingAt(t(30), slow, start), t(30)), false)
})

test('no pause is shorter than the interval, and the last request comes at the deadline', () => {
  const given = {
    intervalSeconds: fc.integer({ min: 1, max: 60 }),
    life: fc.integer({ min: 1, max: 600 }),
    // How long each token request takes.
    latencies: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 700, maxLength: 700 }),
  }
  fc.assert(
    fc.property(fc.record(given), ({ intervalSeconds, life, latencies }) => {
      const deadline = t(life)
      let now: Date = start
      let polling = endingAt(deadline, startPolling({ intervalSeconds }, now), now)
      for (const latency of latencies) {
        assert.ok(polling.nextAt.getTime() - now.getTime() >= intervalSeconds * 1000)
        if (polling.nextAt >= deadline) break
        now = new Date(polling.nextAt.getTime() + latency)
        polling = endingAt(deadline, afterPending(polling, now), now)
      }
      assert.ok(polling.nextAt >= deadline)
      if (life >= intervalSeconds) assert.ok(polling.nextAt <= t(life + intervalSeconds))
    }),
  )
})
