import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import type { JWTPayload } from 'jose'
import type { IdTokenVerification } from '../../../../src/core/ports/redeeming.ts'
import type { Clock } from '../../../../src/core/ports/surroundings.ts'
import { createProviderKeys } from '../../../../src/oidc/provider/jwks.ts'
import { NoAnswerError } from '../../../../src/oidc/http/bounded-fetch.ts'
import { verifyIdToken } from '../../../../src/oidc/provider/id-token.ts'
import { aSigningKey } from '../../../support/builders/signing-key.ts'
import type { SigningKey } from '../../../support/builders/signing-key.ts'

const now = new Date('2026-11-23T09:22:31Z')
const seconds = now.getTime() / 1000
const good = { iss: 'https://sso.example', sub: 'alice', aud: 'bot', exp: seconds + 300, iat: seconds }
const accessToken = 'at'

function atHash(hash: string): string {
  const digest = createHash(hash).update(accessToken).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

function setUp(published: () => unknown): {
  clock: { ms: number }
  verify: (idToken: string | undefined) => Promise<IdTokenVerification>
  loads: () => number
} {
  let loads = 0
  const time = { ms: 1e6 }
  const clock: Clock = { now: () => now, monotonicMs: () => time.ms }
  const keys = createProviderKeys('https://sso.example/jwks', {
    fetch: () => {
      loads += 1
      const set = published()
      return set === undefined
        ? Promise.reject(new NoAnswerError('No', undefined))
        : Promise.resolve(Response.json(set))
    },
    clock,
    timeoutSeconds: 1,
  })
  return {
    clock: time,
    loads: () => loads,
    verify: (idToken) =>
      verifyIdToken(
        { accessToken, tokenType: 'Bearer', idToken, expiresInSeconds: 300, scope: undefined },
        { issuer: good.iss, clientID: good.aud, algorithms: ['ES256', 'RS256', 'EdDSA', 'HS256', 'none'] },
        { keys, now },
      ),
  }
}

suite('verifying an ID token', () => {
  let key: SigningKey
  let rsa: SigningKey
  let eddsa: SigningKey
  let ps: SigningKey
  let stranger: SigningKey

  before(async () => {
    key = await aSigningKey('k1')
    rsa = await aSigningKey('k2', 'RS256')
    eddsa = await aSigningKey('k3', 'EdDSA')
    ps = await aSigningKey('k4', 'PS256')
    stranger = await aSigningKey('k1')
  })

  function verify(idToken: string | undefined): Promise<IdTokenVerification> {
    return setUp(() => ({ keys: [key, rsa, eddsa, ps].map(({ publicJwk }) => publicJwk) })).verify(idToken)
  }

  const accepted: readonly (readonly [name: string, change: JWTPayload])[] = [
    ['a plain one', {}],
    ['one that has expired within the tolerance', { exp: seconds - 59 }],
    ['one that becomes valid within the tolerance', { nbf: seconds + 59 }],
    ['a list of one audience', { aud: ['bot'] }],
    ['more audiences, issued to this client', { aud: ['bot', 'other'], azp: 'bot' }],
    ['a matching at_hash', { at_hash: atHash('sha256') }],
  ]
  for (const [name, change] of accepted)
    test(`accepts ${name}`, async () => {
      const outcome = await verify(await key.sign({ ...good, ...change }))
      assert.equal(outcome.kind, 'Verified')
    })

  for (const [name, clause, change] of [
    ['another issuer', 'iss', { iss: 'https://sso.example/' }],
    ['no issuer', 'iss', { iss: undefined }],
    ['another audience', 'aud', { aud: 'other' }],
    ['another audience, issued to this client', 'aud', { aud: ['other'], azp: 'bot' }],
    ['more audiences without azp', 'aud', { aud: ['bot', 'other'] }],
    ['no audience', 'aud', { aud: undefined }],
    ['an azp that is another client', 'azp', { azp: 'other' }],
    ['an expired one', 'exp', { exp: seconds - 60 }],
    ['no exp', 'exp', { exp: undefined }],
    ['one for later', 'nbf', { nbf: seconds + 61 }],
    ['no iat', 'iat', { iat: undefined }],
    ['nobody', 'sub', { sub: '' }],
    ['no sub', 'sub', { sub: undefined }],
    ['an endless sub', 'sub', { sub: 'x'.repeat(256) }],
    ['the at_hash of another token', 'at_hash', { at_hash: atHash('sha512') }],
    ['an at_hash that is no text', 'at_hash', { at_hash: 5 }],
    ['an endless token', 'id_token', { more: 'x'.repeat(20_000) }],
  ] as const)
    test(`rejects ${name}`, async () => {
      const outcome = await verify(await key.sign({ ...good, ...change } as JWTPayload))
      assert.deepEqual([outcome.kind, 'clause' in outcome && outcome.clause], ['Rejected', clause])
    })

  for (const [name, change, message] of [
    [
      'another issuer',
      { iss: 'https://sso.example/' },
      'the ID token has "https://sso.example/"; expected is "https://sso.example"',
    ],
    ['another audience', { aud: 'other' }, 'the ID token has "other"; expected is "bot"'],
    ['other audiences', { aud: ['x', 'y'] }, 'the ID token has ["x", "y"]; expected is "bot"'],
    ['an azp that is another client', { azp: 'other' }, 'the ID token has "other"; expected is "bot"'],
    ['an expired one', { exp: 1000 }, 'the ID token expired at 1970-01-01T00:16:40.000Z'],
    ['no exp', { exp: undefined }, 'the ID token lacks it'],
    ['a name that is no text', { sub: 5 }, 'the ID token has 5, which names nobody'],
    [
      'an audience with control characters',
      { aud: 'a\nb' },
      'the ID token has "a\\u{a}b"; expected is "bot"',
    ],
  ] as const)
    test(`says what came and what is expected of ${name}`, async () => {
      const outcome = await verify(await key.sign({ ...good, ...change } as unknown as JWTPayload))
      assert.equal('message' in outcome && outcome.message, message)
    })

  for (const [name, clause, token] of [
    ['no ID token', 'id_token', () => undefined],
    ['no JWT', 'id_token', () => 'abc'],
    ['an encrypted one', 'id_token', () => 'a.b.c.d.e'],
    ['an unsigned one', 'alg', () => new UnsecuredJWT(good).encode()],
    [
      'one signed with the client secret',
      'alg',
      () => new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32)),
    ],
    ['an algorithm that is not allowed', 'alg', () => ps.sign(good)],
    ['the signature of a stranger', 'signature', () => stranger.sign(good)],
  ] as const)
    test(`rejects ${name}`, async () => {
      const outcome = await verify(await token())
      assert.deepEqual([outcome.kind, 'clause' in outcome && outcome.clause], ['Rejected', clause])
    })

  test('compares at_hash by the algorithm of the signature', async () => {
    assert.equal((await verify(await rsa.sign({ ...good, at_hash: atHash('sha256') }))).kind, 'Verified')
    assert.equal((await verify(await eddsa.sign({ ...good, at_hash: atHash('sha512') }))).kind, 'Verified')
  })

  test('the claims come with the verdict', async () => {
    const outcome = await verify(await key.sign({ ...good, acr: 'ciba' }))
    assert.deepEqual(outcome, { kind: 'Verified', claims: { ...good, acr: 'ciba' } })
  })

  test('loads keys again for an unknown kid, once in five minutes unless told otherwise', async () => {
    const published = [rsa]
    const { verify, loads, clock } = setUp(() => ({ keys: published.map(({ publicJwk }) => publicJwk) }))
    assert.equal((await verify(await rsa.sign(good))).kind, 'Verified')
    published.push(key)
    assert.equal((await verify(await key.sign(good))).kind, 'Verified')
    assert.equal(loads(), 2)

    published.push(eddsa)
    clock.ms += 299_999
    assert.deepEqual(
      await verify(await eddsa.sign(good)).then((outcome) => 'clause' in outcome && outcome.clause),
      'kid',
    )
    assert.equal(loads(), 2)
    clock.ms += 1
    assert.equal((await verify(await eddsa.sign(good))).kind, 'Verified')
    assert.equal(loads(), 3)
  })

  test('one kid that two keys have is no obstacle', async () => {
    for (const keys of [
      [stranger, key],
      [key, stranger],
      [key, key],
    ]) {
      const { verify } = setUp(() => ({ keys: keys.map(({ publicJwk }) => ({ ...publicJwk, kid: 'same' })) }))
      assert.equal((await verify(await key.sign(good, { kid: 'same' }))).kind, 'Verified')
    }
  })

  test('of two keys with one kid none verifies what neither signed', async () => {
    const { verify } = setUp(() => ({
      keys: [key, key].map(({ publicJwk }) => ({ ...publicJwk, kid: 'same' })),
    }))
    const outcome = await verify(await stranger.sign(good, { kid: 'same' }))
    assert.deepEqual([outcome.kind, 'clause' in outcome && outcome.clause], ['Rejected', 'signature'])
  })

  test('a key that was replaced under its kid is loaded again', async () => {
    let published = stranger
    const { verify, loads, clock } = setUp(() => ({ keys: [published.publicJwk] }))
    assert.equal((await verify(await stranger.sign(good))).kind, 'Verified')
    published = key
    assert.equal((await verify(await key.sign(good))).kind, 'Verified')
    assert.equal(loads(), 2)
    const outcome = await verify(await stranger.sign(good))
    assert.deepEqual([outcome.kind, 'clause' in outcome && outcome.clause], ['Rejected', 'signature'])
    assert.equal(loads(), 2, 'a wrong signature does not load them each time')
    clock.ms += 300_000
    await verify(await stranger.sign(good))
    assert.equal(loads(), 3)
  })

  test('a key of the same kid that cannot be used does not stand in the way', async () => {
    const short = { kty: 'RSA', kid: 'k2', n: 'AQAB', e: 'AQAB' }
    const { verify } = setUp(() => ({ keys: [short, rsa.publicJwk] }))
    assert.equal((await verify(await rsa.sign(good))).kind, 'Verified')
  })

  test('keys that cannot be loaded again leave a wrong signature open', async () => {
    let published: unknown = { keys: [stranger.publicJwk] }
    const { verify } = setUp(() => published)
    await verify(await stranger.sign(good))
    published = undefined
    assert.equal((await verify(await key.sign(good))).kind, 'NotYet')
  })

  test('says that keys could not be loaded, rather than no', async () => {
    let published: unknown = { keys: [rsa.publicJwk] }
    const { verify, clock } = setUp(() => published)
    assert.equal((await verify(await rsa.sign(good))).kind, 'Verified')
    published = undefined
    assert.deepEqual(await verify(await key.sign(good)).then(({ kind }) => kind), 'NotYet')
    published = { keys: [key.publicJwk] }
    clock.ms += 5000
    assert.equal((await verify(await key.sign(good))).kind, 'Verified')
  })

  test('a key that cannot be used is a rejection', async () => {
    const weak = { ...rsa.publicJwk, n: 'AQAB' }
    const { verify } = setUp(() => ({ keys: [weak] }))
    const outcome = await verify(await rsa.sign(good))
    assert.deepEqual([outcome.kind, 'clause' in outcome && outcome.clause], ['Rejected', 'signature'])
  })
})
