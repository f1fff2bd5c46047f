import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityProviderStatus } from '../../../../src/api/objects.ts'
import { secondsAfter } from '../../../../src/core/duration.ts'
import { nextLook } from '../../../../src/core/identity-provider/next-look.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const since = (seconds: number, status: 'True' | 'False', reason = 'Any'): IdentityProviderStatus => ({
  conditions: [{ type: 'Ready', status, reason, message: '', lastTransitionTime: at(seconds) }],
})

for (const [name, status, now, random, seconds] of [
  ['a ready one after the interval', since(0, 'True'), 1000, 0.5, 300],
  ['at the earliest', since(0, 'True'), 1000, 0, 270],
  ['at the latest', since(0, 'True'), 1000, 1, 330],
  ['one that has just failed soon', since(0, 'False'), 0, 0.5, 1],
  ['half of the time later', since(0, 'False'), 40, 0.5, 20],
  ['one that waits for another spec as if it were ready', since(0, 'False', 'AmbiguousClient'), 40, 0.5, 300],
  ['but once a minute', since(0, 'False'), 4000, 0.5, 60],
] as const)
  test(`looks at ${name}`, () => {
    const next = nextLook(status, { now: t(now), intervalSeconds: 300, random })
    assert.deepEqual(next, secondsAfter(t(now), seconds))
  })

test('a short interval counts for those that are not ready too', () => {
  const next = nextLook(since(0, 'False'), { now: t(4000), intervalSeconds: 5, random: 0.5 })
  assert.deepEqual(next, t(4005))
})
