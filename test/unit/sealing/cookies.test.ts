import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createCookieSealer } from '../../../src/sealing/cookies.ts'
import { manualClock } from '../../support/clock.ts'

test('a cookie opens for its purpose until it lapses', async () => {
  const clock = manualClock()
  const cookies = createCookieSealer(randomBytes(32), clock)
  const sealed = await cookies.seal('session', { who: 'alice' }, 60)
  clock.advance(59)
  assert.deepEqual(await cookies.open('session', sealed), { who: 'alice' })
  assert.equal(await cookies.open('login', sealed), undefined)
  clock.advance(1)
  assert.equal(await cookies.open('session', sealed), undefined)
})

test('a cookie of another process does not open', async () => {
  const clock = manualClock()
  const sealed = await createCookieSealer(randomBytes(32), clock).seal('session', {}, 60)
  const cookies = createCookieSealer(randomBytes(32), clock)
  for (const text of [sealed, '', 'a.b.c', `${sealed}x`])
    assert.equal(await cookies.open('session', text), undefined)
})

test('nothing can be read from a cookie', async () => {
  const sealed = await createCookieSealer(randomBytes(32), manualClock()).seal(
    'session',
    { who: 'alice' },
    60,
  )
  const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
  assert.ok(!parts.join('').includes('alice'))
})
