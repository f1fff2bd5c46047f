import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lifetimeProblem, tokenSeconds } from '../../../../src/core/answer/token-lifetime.ts'
import { aJwt } from '../../../support/builders/access-token.ts'
import { start } from '../../../support/fakes/clocks/clock.ts'

const epoch = start.getTime() / 1000
const endingIn = (seconds: number): string => aJwt({ sub: '750e', exp: epoch + seconds })

const unstated = /^expires_in: the provider did not state a lifetime for the token, .* 600 s .*Configure the/
const malformed =
  /^exp: the access token is a JWT whose exp is not a time in seconds\. Configure the provider/
const tooLong = (name: string): RegExp =>
  new RegExp(
    `^${name}: the token lives longer than the policy's maxLifetime of 600 s\\. Shorten the lifetime`,
  )
const over = (name: string): RegExp =>
  new RegExp(`^${name}: the token had already expired when the provider issued it\\. Raise the lifetime`)

for (const [name, accessToken, expiresInSeconds, seconds, problem] of [
  ['an opaque token with expires_in', 'opaque', 300, 300, undefined],
  ['an opaque token without expires_in', 'opaque', undefined, undefined, unstated],
  ['a JWT without expires_in', endingIn(300), undefined, 300, undefined],
  ['a JWT with a fraction of a second', aJwt({ exp: epoch + 300.5 }), undefined, 300.5, undefined],
  ['a JWT of the longest life', endingIn(660), undefined, 660, undefined],
  ['a JWT that lives a second longer', endingIn(661), undefined, 661, tooLong('exp')],
  ['a JWT that ends before expires_in', endingIn(200), 300, 200, undefined],
  ['a JWT that ends before a long expires_in', endingIn(200), 7200, 200, undefined],
  ['a JWT that ends after expires_in', endingIn(400), 300, 300, undefined],
  ['a JWT that outlives the limit and expires_in', endingIn(7200), 300, 300, tooLong('exp')],
  ['a JWT without exp', aJwt({ sub: '750e' }), 300, 300, undefined],
  ['a JWT without exp and expires_in', aJwt({ sub: '750e' }), undefined, undefined, unstated],
  ['a JWT that is no longer valid', endingIn(-30), 300, -30, over('exp')],
  ['a token that lives 0 s', 'opaque', 0, 0, over('expires_in')],
  ['a token that lives less than a second', 'opaque', 0.9, 0.9, over('expires_in')],
  ['a JWT and an expires_in of 0', endingIn(300), 0, 0, over('expires_in')],
  ['a token that lives 1 s', 'opaque', 1, 1, undefined],
  ['a token that lives too long', 'opaque', 7200, 7200, tooLong('expires_in')],
] as const)
  test(`the lifetime of ${name}`, () => {
    const response = { accessToken, expiresInSeconds }
    const known = tokenSeconds(response, start)
    assert.equal(known === undefined ? known : Math.round(known * 1000) / 1000, seconds)
    const said = lifetimeProblem(response, start, 600)
    if (problem === undefined) assert.equal(said, undefined)
    else assert.match(said ?? '', problem)
  })

for (const exp of ['300', null, true, [epoch + 300], { at: epoch }, 0, -1, (epoch + 300) * 1000])
  test(`an exp of ${JSON.stringify(exp)} is malformed, not absent`, () => {
    const response = { accessToken: aJwt({ exp }), expiresInSeconds: 300 }
    assert.match(lifetimeProblem(response, start, 600) ?? '', malformed)
    assert.equal(tokenSeconds(response, start), 300)
  })

const claims = { exp: epoch + 7200 }

for (const [name, accessToken] of [
  ['two parts', aJwt(claims).split('.').slice(0, 2).join('.')],
  ['five parts, as an encrypted JWT', `${aJwt(claims)}.x.y`],
  ['a header that is no object', aJwt(claims, ['alg'])],
  ['claims that are no object', aJwt([claims])],
  ['parts that are no JSON', 'a.b.c'],
  ['dots alone', '..'],
] as const)
  test(`a token of ${name} is opaque`, () => {
    assert.equal(tokenSeconds({ accessToken, expiresInSeconds: 300 }, start), 300)
    assert.equal(lifetimeProblem({ accessToken, expiresInSeconds: 300 }, start, 600), undefined)
  })

test('what is said of a lifetime holds nothing of the token', () => {
  const accessToken = aJwt({ exp: 'a-secret', sub: 'another-secret' })
  assert.doesNotMatch(
    lifetimeProblem({ accessToken, expiresInSeconds: 1 }, start, 600) ?? '',
    /secret|ey[A-Z]/,
  )
})
