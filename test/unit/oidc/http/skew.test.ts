import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skewOf } from '../../../../src/oidc/http/skew.ts'

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 24, 9, 22, 31) + ms)
const head = (date: Date | string): Headers =>
  new Headers({ date: typeof date === 'string' ? date : date.toUTCString() })

for (const [name, headers, sentAt, receivedAt, want] of [
  ['equal clocks have no skew', head(at(0)), at(100), at(300), 0],
  ['the second that Date cuts off is no skew', head(at(0)), at(999), at(999), 0],
  ['the time on the way is no skew', head(at(5000)), at(0), at(10_000), 0],
  ['a provider ahead', head(at(31_000)), at(0), at(500), 30],
  ['a provider behind', head(at(-32_000)), at(0), at(500), -31],
  ['no Date, no skew known', new Headers(), at(0), at(0), undefined],
  ['a Date that is none', head('yesterday'), at(0), at(0), undefined],
] as const) {
  test(name, () => {
    assert.equal(skewOf(headers, { sentAt, receivedAt }), want)
  })
}
