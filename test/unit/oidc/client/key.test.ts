import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, suite, test } from 'node:test'
import type { JWK } from 'jose'
import type { SigningAlgorithm } from '../../../../src/core/ports/provider.ts'
import { createClientKeys } from '../../../../src/oidc/client/key.ts'
import { aClientKey, signingAlgorithms } from '../../../support/builders/client-key.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'

const keys = createClientKeys(manualClock())
const ofKind = 'of a kind that cannot be used'

suite('reading a private key', () => {
  const jwks = new Map<SigningAlgorithm, JWK>()
  const jwkOf = (algorithm: SigningAlgorithm): JWK => jwks.get(algorithm) ?? {}

  before(async () => {
    for (const algorithm of [...signingAlgorithms, 'ES384', 'ES512'] as const)
      jwks.set(algorithm, (await aClientKey(algorithm, { kid: 'k1' })).privateJwk)
  })

  for (const [kind, members, configured, want] of [
    ['ES256', {}, undefined, 'ES256'],
    ['EdDSA', {}, undefined, 'EdDSA'],
    ['PS256', {}, undefined, 'PS256'],
    ['PS256', {}, 'RS256', 'RS256'],
    ['PS256', { alg: 'RS256' }, undefined, 'RS256'],
    ['PS256', { alg: 'RS256', use: 'sig', key_ops: ['sign', 'verify'], ext: true }, 'RS256', 'RS256'],
    ['PS256', {}, 'RS512', 'RS512'],
    ['PS256', { alg: 'PS384' }, undefined, 'PS384'],
    ['ES384', {}, undefined, 'ES384'],
    ['ES512', {}, 'ES512', 'ES512'],
    ['EdDSA', {}, 'Ed25519', 'Ed25519'],
    ['EdDSA', { alg: 'Ed25519' }, undefined, 'Ed25519'],
    ['EdDSA', { alg: 'Ed25519' }, 'EdDSA', 'EdDSA'],
  ] as const)
    test(`${kind} ${JSON.stringify(members)} with algorithm ${configured ?? 'unset'} signs ${want}`, async () => {
      const jwk = JSON.stringify({ ...jwkOf(kind), ...members }, undefined, 2)
      const key = await keys({ jwk, ...(configured && { algorithm: configured }) })
      assert.ok(key.kind === 'Imported')
      assert.deepEqual([key.algorithm, key.kid, key.key.extractable], [want, 'k1', false])
    })

  for (const [name, kind, change, configured, want] of [
    ['a symmetric key', 'ES256', { kty: 'oct', k: 'c2VjcmV0LXNlY3JldA' }, undefined, ofKind],
    ['another curve', 'ES256', { crv: 'secp256k1' }, undefined, ofKind],
    ['a curve for encryption', 'EdDSA', { crv: 'X25519' }, undefined, ofKind],
    ['a public key', 'ES256', { d: undefined }, undefined, 'no private part'],
    ['a public RSA key', 'PS256', { d: undefined }, undefined, 'no private part'],
    ['a key for encryption', 'PS256', { use: 'enc' }, undefined, 'not for signing'],
    ['a key to decrypt with', 'PS256', { key_ops: ['decrypt'] }, undefined, 'not for signing'],
    ['an elliptic key for RS256', 'ES256', {}, 'RS256', 'signs ES256'],
    ['an RSA key for ES256', 'PS256', {}, 'ES256', 'signs PS256 or RS256'],
    ['a key for PS256 that shall sign RS256', 'PS256', { alg: 'PS256' }, 'RS256', 'signs PS256 or RS256'],
    ['an alg that is not offered', 'PS256', { alg: 'RS1' }, undefined, 'signs PS256 or RS256'],
    [
      'half a pair of another',
      'ES256',
      { x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' },
      undefined,
      'do not belong together',
    ],
    ['an RSA key without its primes', 'PS256', { p: undefined, q: undefined }, undefined, 'missing'],
    ['no kty', 'ES256', { kty: undefined }, undefined, 'cannot be read'],
    ['a key that is too long', 'ES256', { note: 'x'.repeat(16 * 1024) }, undefined, 'cannot be read'],
  ] as const)
    test(`${name} is unfit: ${want}`, async () => {
      const jwk = { ...jwkOf(kind), ...change }
      const key = await keys({ jwk: JSON.stringify(jwk), ...(configured && { algorithm: configured }) })
      assert.ok(key.kind === 'Unfit', 'was imported')
      assert.ok(key.fault.includes(want), key.fault)
      for (const [member, value] of Object.entries(jwk))
        if (typeof value === 'string' && member.length < 3)
          assert.ok(!`${key.fault} ${key.remedy}`.includes(value), `${member} is repeated`)
    })

  test('an RSA key of 1024 bits is unfit', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const key = await keys({ jwk: JSON.stringify(privateKey.export({ format: 'jwk' })) })
    assert.deepEqual(key, {
      kind: 'Unfit',
      fault: 'is shorter than 2048 bits',
      remedy: 'Make a longer one (RFC 7518 §3.3).',
    })
  })

  for (const [name, jwk] of [
    ['a PEM file', '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----'],
    ['a set of keys', '{"keys": [{"kty": "EC", "d": "MIGHAgEAMBMG"}]}'],
    ['a list', '[{"kty": "EC", "d": "MIGHAgEAMBMG"}]'],
    ['half a JSON text', '{"kty": "EC", "d": "MIGHAgEAMBMG'],
    ['a client secret', 'MIGHAgEAMBMG'],
  ] as const)
    test(`${name} is unfit, and not repeated`, async () => {
      const key = await keys({ jwk })
      assert.ok(key.kind === 'Unfit' && key.remedy.includes('JWK'))
      assert.ok(!key.fault.includes('MIGHAgEAMBMG'))
    })
})

test('a key is imported once, and a rotated one at once', async () => {
  const clock = manualClock()
  const kept = createClientKeys(clock)
  const [{ secret }, rotated] = [await aClientKey('ES256'), await aClientKey('ES256')]
  const first = await kept({ jwk: secret })
  assert.equal(await kept({ jwk: secret }), first)
  assert.notEqual(await kept({ jwk: rotated.secret }), first)
  clock.advance(600)
  assert.notEqual(await kept({ jwk: secret }), first)
})
