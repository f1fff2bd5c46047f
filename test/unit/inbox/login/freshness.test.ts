import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFresh } from '../../../../src/inbox/login/freshness.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const now = t(1000)

for (const [name, authTime, want] of [
  ['exactly as old as allowed', seconds(400), true],
  ['a second too old', seconds(399), false],
  ['from a clock a minute ahead', seconds(1060), true],
  ['from the future', seconds(1061), false],
  ['unknown', undefined, false],
] as const) {
  test(`a login ${name} is ${want ? 'fresh' : 'stale'}`, () => {
    const person = { issuer: 'i', subject: 's', name: undefined, preferredUsername: undefined, authTime }
    assert.equal(isFresh(person, now, 600), want)
  })
}

function seconds(after: number): number {
  return t(after).getTime() / 1000
}
