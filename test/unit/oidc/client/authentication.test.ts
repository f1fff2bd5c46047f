import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, importJWK, jwtVerify } from 'jose'
import type { JWTVerifyResult } from 'jose'
import type { ClientCredential } from '../../../../src/core/ports/provider.ts'
import { clientAuthentication } from '../../../../src/oidc/client/authentication.ts'
import type { UnprovenRequest } from '../../../../src/oidc/client/authentication.ts'
import { createClientKeys } from '../../../../src/oidc/client/key.ts'
import { aClientKey, signingAlgorithms } from '../../../support/builders/client-key.ts'
import type { ClientKeyPair } from '../../../support/builders/client-key.ts'
import { manualClock, start, t } from '../../../support/fakes/clocks/clock.ts'

const clock = manualClock()
const clientKeys = createClientKeys(clock)
const issuer = 'https://sso.example'
const startSeconds = start.getTime() / 1000

type Sent = Pick<UnprovenRequest, 'body' | 'headers'>

async function authenticated(
  credential: ClientCredential,
  assertion?: UnprovenRequest['assertion'],
): Promise<Sent> {
  const authentication = await clientAuthentication(credential, { clientKeys, clock })
  assert.equal(authentication.kind, 'Known')
  const request = { issuer, body: new URLSearchParams(), headers: new Headers() }
  await authentication.authenticate({ ...request, assertion })
  return request
}

type Key = Omit<Extract<ClientCredential, { kind: 'PrivateKey' }>, 'kind' | 'clientID'>

function byKey(key: Key): ClientCredential {
  return { kind: 'PrivateKey', clientID: 'bot', ...key }
}

function bySecret(method: 'client_secret_basic' | 'client_secret_post'): ClientCredential {
  return { kind: 'SharedSecret', clientID: 'bot', method, secret: 's+ &' }
}

async function verified({ body }: Sent, key: ClientKeyPair, alg: string): Promise<JWTVerifyResult> {
  const publicKey = await importJWK(key.publicJwk, alg)
  return jwtVerify(body.get('client_assertion') ?? '', publicKey, { currentDate: clock.now() })
}

for (const algorithm of signingAlgorithms)
  test(`a prompt's assertion by ${algorithm} says exactly what it must`, async () => {
    const key = await aClientKey(algorithm, { kid: 'k1' })
    const assertion = { jti: 'attempt-1', expiresAt: t(30) }
    const sent = await authenticated(byKey({ jwk: key.secret, algorithm }), assertion)
    assert.deepEqual(
      [...sent.body].map(([name, value]) => (name === 'client_assertion' ? name : `${name}=${value}`)),
      [
        'client_id=bot',
        'client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        'client_assertion',
      ],
    )
    const { payload, protectedHeader } = await verified(sent, key, algorithm)
    assert.deepEqual(protectedHeader, { alg: algorithm, typ: 'client-authentication+jwt', kid: 'k1' })
    assert.deepEqual(payload, {
      iss: 'bot',
      sub: 'bot',
      aud: issuer,
      jti: 'attempt-1',
      iat: startSeconds - 5,
      nbf: startSeconds - 5,
      exp: startSeconds + 30,
    })
  })

test('a second sending carries the same jti and exp', async () => {
  const key = await aClientKey('ES256')
  const credential = byKey({ jwk: key.secret })
  const time = manualClock()
  const authentication = await clientAuthentication(credential, { clientKeys, clock: time })
  assert.equal(authentication.kind, 'Known')
  const claims = []
  for (const seconds of [0, 20]) {
    time.advance(seconds)
    const request = { issuer, body: new URLSearchParams(), headers: new Headers() }
    await authentication.authenticate({ ...request, assertion: { jti: 'attempt-1', expiresAt: t(45) } })
    const { jti, exp, iat } = decodeJwt(request.body.get('client_assertion') ?? '')
    claims.push([jti, exp, iat])
  }
  assert.deepEqual(claims, [
    ['attempt-1', startSeconds + 45, startSeconds - 5],
    ['attempt-1', startSeconds + 45, startSeconds + 15],
  ])
})

test('every other assertion has a jti of its own and lives for 45 s', async () => {
  const key = await aClientKey('EdDSA')
  const seen = new Set<string>()
  for (let sending = 0; sending < 20; sending += 1) {
    const sent = await authenticated(byKey({ jwk: key.secret }))
    const { payload, protectedHeader } = await verified(sent, key, 'EdDSA')
    const { jti = '', iat, nbf, exp } = payload
    assert.deepEqual([iat, nbf, exp], [startSeconds - 5, startSeconds - 5, startSeconds + 45])
    assert.equal('kid' in protectedHeader, false)
    assert.ok(Buffer.from(jti, 'base64url').length >= 16)
    seen.add(jti)
  }
  assert.equal(seen.size, 20)
})

test('a key that cannot be used is InvalidKey and names its client', async () => {
  const credential = byKey({ jwk: 'hunter2' })
  const authentication = await clientAuthentication(credential, { clientKeys, clock })
  assert.ok(authentication.kind === 'NotReady' && authentication.reason === 'InvalidKey')
  assert.match(authentication.message, /client bot/)
  assert.doesNotMatch(authentication.message, /hunter2/)
})

test('client_secret_post puts the secret into the body', async () => {
  const { body, headers } = await authenticated(bySecret('client_secret_post'))
  assert.deepEqual(Object.fromEntries(body), { client_id: 'bot', client_secret: 's+ &' })
  assert.equal(headers.get('authorization'), null)
})

test('client_secret_basic puts the secret into a header', async () => {
  const { body, headers } = await authenticated(bySecret('client_secret_basic'))
  assert.equal(body.size, 0)
  assert.equal(headers.get('authorization'), `Basic ${btoa('bot:s%2B+%26')}`)
})
