import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCookieSealer } from '../../../src/sealing/cookies.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'
import { aRing, unchanging } from '../../support/builders/key-ring.ts'

test('a cookie opens for its purpose until it lapses', async () => {
  const clock = manualClock()
  const cookies = createCookieSealer(unchanging(aRing()), clock)
  const sealed = await cookies.seal('session', { who: 'alice' }, 60)
  clock.advance(59)
  assert.deepEqual(await cookies.open('session', sealed), { who: 'alice' })
  assert.equal(await cookies.open('login', sealed), undefined)
  clock.advance(1)
  assert.equal(await cookies.open('session', sealed), undefined)
})

test('a cookie of another key ring does not open', async () => {
  const clock = manualClock()
  const sealed = await createCookieSealer(unchanging(aRing()), clock).seal('session', {}, 60)
  const cookies = createCookieSealer(unchanging(aRing()), clock)
  for (const text of [sealed, '', 'a.b.c', `${sealed}x`])
    assert.equal(await cookies.open('session', text), undefined)
})

test('nothing can be read from a cookie', async () => {
  const sealed = await createCookieSealer(unchanging(aRing()), manualClock()).seal(
    'session',
    { who: 'alice' },
    60,
  )
  const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
  assert.ok(!parts.join('').includes('alice'))
})

test('replicas with one key ring know the same people', async () => {
  const clock = manualClock()
  const ring = aRing()
  const sealed = await createCookieSealer(unchanging(ring), clock).seal('session', { who: 'alice' }, 60)
  assert.deepEqual(await createCookieSealer(unchanging(ring), clock).open('session', sealed), {
    who: 'alice',
  })
})

test('an older key of the ring still opens, and the newest seals', async () => {
  const clock = manualClock()
  const older = aRing()
  const newer = { newest: 'k2', keys: new Map([...older.keys, ['k2', Buffer.alloc(32, 7)]]) }
  const sealed = await createCookieSealer(unchanging(older), clock).seal('session', {}, 60)
  assert.deepEqual(await createCookieSealer(unchanging(newer), clock).open('session', sealed), {})
  const anew = await createCookieSealer(unchanging(newer), clock).seal('session', {}, 60)
  assert.equal(await createCookieSealer(unchanging(older), clock).open('session', anew), undefined)
})

test('another seal of the same key is no cookie', async () => {
  const ring = aRing()
  const binding = { purpose: 'inbox-prompt', uid: 'session' } as const
  const seal = await sealerWith(unchanging(ring)).seal(binding, { exp: 9e9, payload: {} })
  assert.equal(await createCookieSealer(unchanging(ring), manualClock()).open('session', seal), undefined)
})
