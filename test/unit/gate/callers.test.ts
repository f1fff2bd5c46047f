/** Who is let in, and what it costs to find that out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallerReviews, User } from '../../../src/core/ports/callers.ts'
import { createCallers } from '../../../src/gate/callers.ts'
import type { Callers } from '../../../src/gate/callers.ts'
import { manualClock, t } from '../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../support/fakes/clocks/clock.ts'

const issuer = 'https://kubernetes.default.svc'
const sub = 'system:serviceaccount:demo:gate'
/** Where calls come from. */
const pod = '10.0.0.7'
const user: User = { username: sub, uid: 'u-1', groups: ['system:serviceaccounts'] }

function token(claims: object = {}): string {
  const body = { iss: issuer, aud: ['countersign-gate'], sub, ...claims }
  return `e30.${Buffer.from(JSON.stringify(body)).toString('base64url')}.c2ln`
}

type Scene = { readonly callers: Callers; readonly calls: string[]; readonly clock: ManualClock }

function aScene(changes: Partial<CallerReviews> = {}): Scene {
  const calls: string[] = []
  const clock = manualClock()
  const reviews: CallerReviews = {
    issuer: () => Promise.resolve(issuer),
    authenticate: () => Promise.resolve(user),
    mayAsk: () => Promise.resolve(true),
    ...changes,
  }
  const counted: CallerReviews = {
    issuer: () => reviews.issuer(),
    authenticate: (text, audience) => {
      calls.push(`authenticate ${audience ?? 'for the API server'}`)
      return reviews.authenticate(text, audience)
    },
    mayAsk: (who, namespace) => {
      calls.push(`mayAsk ${namespace}`)
      return reviews.mayAsk(who, namespace)
    },
  }
  return { callers: createCallers({ reviews: counted, clock, audience: 'countersign-gate' }), calls, clock }
}

const asked = ['authenticate countersign-gate', 'mayAsk demo']

test('who may ask is known by its ServiceAccount', async () => {
  const { callers, calls } = aScene()
  const { username, uid = '' } = user
  const known = { kind: 'Known', namespace: 'demo', requester: { username, uid } }
  assert.deepEqual(await callers.identify(`Bearer ${token()}`, pod), known)
  assert.deepEqual(calls, asked)
})

for (const [name, header] of [
  ['no header', undefined],
  ['another scheme', `Basic ${token()}`],
  ['no token', 'Bearer '],
  ['no JWT', 'Bearer abc'],
  ['two dots too many', `Bearer ${token()}.a.b`],
  ['a payload that is no JSON', 'Bearer e30.YWJj.c2ln'],
  ['a payload that is a list', 'Bearer e30.W10.c2ln'],
  ['a token that is too long', `Bearer ${token({ pad: 'x'.repeat(9000) })}`],
  ['no issuer', `Bearer ${token({ iss: undefined })}`],
  ['another issuer', `Bearer ${token({ iss: 'https://evil.example.com' })}`],
  ['an issuer that only begins so', `Bearer ${token({ iss: `${issuer}.evil.example.com` })}`],
  ['a person', `Bearer ${token({ sub: 'jane' })}`],
  ['a token that has expired', `Bearer ${token({ exp: t(0).getTime() / 1000 })}`],
] as const)
  test(`${name} is refused without a call`, async () => {
    const { callers, calls } = aScene()
    assert.equal((await callers.identify(header, pod)).kind, 'Unauthorized')
    assert.deepEqual(calls, [])
  })

test('a token counts until it expires', async () => {
  const { callers } = aScene()
  assert.equal((await callers.identify(`Bearer ${token({ exp: t(1).getTime() / 1000 })}`, pod)).kind, 'Known')
})

for (const [name, claims, want] of [
  ['of a Secret is tried for the API server too', { iss: 'kubernetes/serviceaccount', aud: undefined }, 2],
  ['for an audience is not', {}, 1],
] as const)
  test(`a refused token ${name}`, async () => {
    const { callers, calls } = aScene({ authenticate: () => Promise.resolve(undefined) })
    assert.equal((await callers.identify(`Bearer ${token(claims)}`, pod)).kind, 'Unauthorized')
    assert.equal(calls.length, want)
  })

test('a user that is no ServiceAccount is refused', async () => {
  const { callers, calls } = aScene({ authenticate: () => Promise.resolve({ username: 'jane' }) })
  assert.equal((await callers.identify(`Bearer ${token()}`, pod)).kind, 'Unauthorized')
  assert.deepEqual(calls, asked.slice(0, 1))
})

test('who may not ask is told what it lacks', async () => {
  const { callers } = aScene({ mayAsk: () => Promise.resolve(false) })
  const caller = await callers.identify(`Bearer ${token()}`, pod)
  assert.equal(caller.kind, 'Forbidden')
})

for (const [name, allowed, keptSeconds] of [
  ['a yes', true, 60],
  ['a no', false, 10],
] as const)
  test(`${name} is kept for ${keptSeconds} s`, async () => {
    const { callers, calls, clock } = aScene({ mayAsk: () => Promise.resolve(allowed) })
    await callers.identify(`Bearer ${token()}`, pod)
    clock.advance(keptSeconds - 1)
    await callers.identify(`Bearer ${token()}`, pod)
    assert.equal(calls.length, 2)
    clock.advance(1)
    await callers.identify(`Bearer ${token()}`, pod)
    assert.equal(calls.length, 4)
  })

test('calls at once are reviewed once', async () => {
  const { callers, calls } = aScene()
  await Promise.all(Array.from({ length: 10 }, () => callers.identify(`Bearer ${token()}`, pod)))
  assert.deepEqual(calls, asked)
})

test('a fault is not kept', async () => {
  const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve(user)]
  const { callers } = aScene({ authenticate: () => answers.shift()?.() ?? Promise.resolve(user) })
  await assert.rejects(callers.identify(`Bearer ${token()}`, pod), /away/)
  assert.equal((await callers.identify(`Bearer ${token()}`, pod)).kind, 'Known')
})

test('while the issuer cannot be learnt nobody is let in', async () => {
  const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve(issuer)]
  const { callers, calls } = aScene({ issuer: () => answers.shift()?.() ?? Promise.resolve(issuer) })
  await assert.rejects(callers.identify(`Bearer ${token()}`, pod), /away/)
  assert.deepEqual(calls, [])
  assert.equal((await callers.identify(`Bearer ${token()}`, pod)).kind, 'Known')
})

test('where the issuer is not told TokenReview decides', async () => {
  const { callers } = aScene({ issuer: () => Promise.resolve(undefined) })
  assert.equal((await callers.identify(`Bearer ${token({ iss: 'https://other' })}`, pod)).kind, 'Known')
})

test('a flood of unknown tokens is turned away, and does not keep out who was known', async () => {
  const { callers, calls, clock } = aScene()
  await callers.identify(`Bearer ${token()}`, pod)
  clock.advance(61)
  const flood = Array.from({ length: 200 }, (_, number) =>
    callers.identify(`Bearer ${token({ number })}`, pod),
  )
  const refused = (await Promise.all(flood)).filter(({ kind }) => kind === 'TooMany')
  assert.equal(refused.length, 100)
  calls.length = 0
  assert.equal((await callers.identify(`Bearer ${token()}`, pod)).kind, 'Known')
  assert.deepEqual(calls, asked)
  clock.advance(1)
  const later = Array.from({ length: 30 }, (_, number) =>
    callers.identify(`Bearer ${token({ later: number })}`, pod),
  )
  assert.equal((await Promise.all(later)).filter(({ kind }) => kind === 'Known').length, 10)
})

test('a flood from one address keeps out nobody who comes from another', async () => {
  const { callers } = aScene()
  const flood = Array.from({ length: 1000 }, (_, number) =>
    callers.identify(`Bearer ${token({ number })}`, '10.0.0.66'),
  )
  assert.equal((await Promise.all(flood)).filter(({ kind }) => kind === 'TooMany').length, 900)
  assert.equal((await callers.identify(`Bearer ${token()}`, pod)).kind, 'Known')
})
