/** With which keys of the provider a token is verified, and what loading them costs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import {
  aProvider,
  expected,
  good,
  issuer,
  now,
  other,
  published,
  reasonOf,
  signed,
  verifierOf,
} from '../../support/builders/approval-token.ts'

test('are loaded once, and nothing is asked for a forged token a moment later', async () => {
  const served = aProvider()
  const verifier = verifierOf({}, served)
  assert.equal(await reasonOf(await signed(good), expected, verifier), 'Approved')
  for (const kid of ['k2', 'k3', 'k4'])
    assert.equal(await reasonOf(await signed(good, { kid }), expected, verifier), 'KeyUnknown')
  assert.equal(served.requests, 2)
})

test('a new key works after 30 seconds, and a withdrawn one no longer after ten minutes', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: now.getTime() })
  const served = aProvider()
  const verifier = verifierOf({}, served)
  const [old, fresh] = [await signed(good), await signed(good, { kid: 'k2' }, other.privateKey)]
  assert.equal(await reasonOf(old, expected, verifier), 'Approved')
  served.keys = [...served.keys, { ...(await exportJWK(other.publicKey)), kid: 'k2', alg: 'ES256' }]
  assert.equal(await reasonOf(fresh, expected, verifier), 'KeyUnknown')
  t.mock.timers.tick(30_001)
  assert.equal(await reasonOf(fresh, expected, verifier), 'Approved')
  served.keys = served.keys.slice(1)
  assert.equal(await reasonOf(old, expected, verifier), 'Approved')
  t.mock.timers.tick(10 * 60_000 + 1)
  assert.equal(await reasonOf(old, expected, verifier), 'KeyUnknown')
})

test('known ones stay in use while the provider is unavailable', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: now.getTime() })
  const served = aProvider()
  const verifier = verifierOf({}, served)
  assert.equal(await reasonOf(await signed(good), expected, verifier), 'Approved')
  served.status = 503
  t.mock.timers.tick(30_001)
  assert.equal(await reasonOf(await signed(good, { kid: 'k2' }), expected, verifier), 'KeysUnavailable')
  assert.equal(await reasonOf(await signed(good), expected, verifier), 'Approved')
})

test('one of the same kid that cannot be used does not stand in the way', async () => {
  const rsa = await generateKeyPair('RS256')
  const [short, whole] = [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }, await exportJWK(rsa.publicKey)]
  const served = aProvider()
  served.keys = [short, whole].map((key) => ({ ...key, kid: 'k1', alg: 'RS256', use: 'sig' }))
  const token = await signed(good, { alg: 'RS256' }, rsa.privateKey)
  assert.equal(await reasonOf(token, expected, verifierOf({}, served)), 'Approved')
})

test('two under one kid: the one that verifies counts', async () => {
  const served = aProvider()
  const twin = { ...(await exportJWK(other.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  served.keys = [twin, published]
  assert.equal(await reasonOf(await signed(good), expected, verifierOf({}, served)), 'Approved')
})

for (const [name, fault] of [
  ['an error', { status: 503 }],
  ['the metadata of another issuer', { metadata: { issuer: 'https://x', jwks_uri: `${issuer}/jwks` } }],
  ['keys over http', { metadata: { issuer, jwks_uri: 'http://login.company.com/jwks' } }],
  [
    'more than 256 KiB',
    { body: JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks`, x: 'x'.repeat(256 * 1024) }) },
  ],
  ['no JSON', { body: '<html>' }],
] as const)
  test(`${name}: KeysUnavailable, and one request for many tokens`, async () => {
    const served = { ...aProvider(), ...fault }
    const verifier = verifierOf({}, served)
    const token = await signed(good)
    for (let index = 0; index < 3; index += 1)
      assert.equal(await reasonOf(token, expected, verifier), 'KeysUnavailable')
    assert.equal(served.requests, 1)
  })
