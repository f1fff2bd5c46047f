/** One-time codes by RFC 6238: its own test vectors, of which the last six digits count here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, stepAt, stepOfCode } from '../../../src/embedded-provider/totp.ts'

/** `12345678901234567890` in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

for (const [seconds, code] of [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
] as const)
  test(`the code at ${seconds} s is ${code}`, () => {
    const now = new Date(seconds * 1000)
    assert.equal(codeOf(secret, stepAt(now)), code)
    assert.equal(stepOfCode(secret, code, now), stepAt(now))
  })

test('the code of the step before and of the next one is taken, and no other', () => {
  const now = new Date(1234567890_000)
  const present = stepAt(now)
  const taken = [-2, -1, 0, 1, 2].filter(
    (away) => stepOfCode(secret, codeOf(secret, present + away), now) !== undefined,
  )
  assert.deepEqual(taken, [-1, 0, 1])
})
