/** A person's login against a provider that errs, or lies: only an ID token for this very login is believed. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { UnsecuredJWT } from 'jose'
import type { JWTPayload } from 'jose'
import type { LoginResult, LoginTransaction } from '../../../src/core/ports/login.ts'
import { createLogin } from '../../../src/oidc/login.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

const redirectUri = 'https://inbox.company.com/login/callback'
const key = await aSigningKey('company')
const anotherKey = await aSigningKey('company')
/** The library judges by the real clock. */
const started = Date.now()
let provider: ScriptedProvider

before(async () => {
  provider = await startScriptedProvider({
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
  })
  provider.publish(key, 'Replace')
})
after(() => provider.close())

test('a login asks for a new authentication, with state, nonce and PKCE', async () => {
  const { redirectTo, transaction } = await login().begin()
  const { code_challenge, ...asked } = Object.fromEntries(redirectTo.searchParams)
  assert.deepEqual(asked, {
    client_id: 'inbox',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge_method: 'S256',
    prompt: 'login',
    max_age: '120',
  })
  assert.equal(code_challenge, createHash('sha256').update(transaction.codeVerifier).digest('base64url'))
})

test('a login asks for the acr values that it is given, preferred ones first', async () => {
  const { redirectTo } = await login().begin(['phrh', 'phr'])
  assert.equal(redirectTo.searchParams.get('acr_values'), 'phrh phr')
})

test('no two logins have a secret in common', async () => {
  const [one, other] = [await login().begin(), await login().begin()]
  const secrets = [one, other].flatMap(({ transaction }) => Object.values(transaction))
  assert.equal(new Set(secrets).size, 6)
})

test('the code is redeemed with the verifier of this login', async () => {
  const { result, transaction } = await finished({})
  assert.deepEqual(result, {
    kind: 'LoggedIn',
    person: {
      issuer: provider.issuer,
      subject: '750e',
      name: 'Alice',
      preferredUsername: 'alice',
      authTime: now(),
    },
  })
  const form = Object.fromEntries(provider.received.get('/token')?.at(-1) ?? [])
  assert.deepEqual(form, {
    grant_type: 'authorization_code',
    code: 'a-code',
    code_verifier: transaction.codeVerifier,
    redirect_uri: redirectUri,
  })
})

for (const [name, claims] of [
  ['another nonce', { nonce: 'of-another-login' }],
  ['no nonce', { nonce: undefined }],
  ['another audience', { aud: 'another-client' }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['a login that was too long ago', { auth_time: now() - 600 }],
  ['no time of the login', { auth_time: undefined }],
  ['an end in the past', { exp: now() - 600 }],
] satisfies [string, JWTPayload][]) {
  test(`an ID token with ${name} logs nobody in`, async () => {
    assert.equal((await finished({ claims })).result.kind, 'Failed')
  })
}

for (const [name, sign] of [
  ['that another key signed', (claims: JWTPayload) => anotherKey.sign(claims)],
  ['that nobody signed', (claims: JWTPayload) => Promise.resolve(new UnsecuredJWT(claims).encode())],
  ['that is none', () => Promise.resolve('opaque')],
] as const) {
  test(`an ID token ${name} logs nobody in`, async () => {
    assert.equal((await finished({ sign })).result.kind, 'Failed')
  })
}

for (const [name, query] of [
  ['another state', { code: 'a-code', state: 'of-another-login' }],
  ['no state', { code: 'a-code' }],
] as const) {
  test(`a callback with ${name} redeems no code`, async () => {
    const before = provider.received.get('/token')?.length
    assert.equal((await finished({ query })).result.kind, 'Failed')
    assert.equal(provider.received.get('/token')?.length, before)
  })
}

test('a refusal is named by its OAuth code', async () => {
  const { result } = await finished({
    query: (state) => ({ error: 'access_denied', error_description: '<b>no</b>', state }),
  })
  assert.deepEqual(result, { kind: 'Failed', error: 'access_denied' })
})

test('a refusal that is no code is not repeated to the person', async () => {
  const { result } = await finished({ query: (state) => ({ error: '<script>', state }) })
  assert.deepEqual(result, { kind: 'Failed', error: 'invalid_error' })
})

type Query = Readonly<Record<string, string>>
type Lie = {
  readonly claims?: JWTPayload
  readonly sign?: (claims: JWTPayload) => Promise<string>
  readonly query?: Query | ((state: string) => Query)
}

async function finished(lie: Lie): Promise<{ result: LoginResult; transaction: LoginTransaction }> {
  const client = login()
  const { transaction } = await client.begin()
  const { state, nonce } = transaction
  const {
    claims = {},
    sign = (honest: JWTPayload) => key.sign(honest),
    query = { code: 'a-code', state },
  } = lie
  const idToken = await sign({
    iss: provider.issuer,
    aud: 'inbox',
    sub: '750e',
    name: 'Alice',
    preferred_username: 'alice',
    nonce,
    iat: now(),
    exp: now() + 60,
    auth_time: now(),
    ...claims,
  })
  provider.routes.set('/token', json(200, { access_token: 'a', token_type: 'Bearer', id_token: idToken }))
  const callback = new URL(redirectUri)
  callback.search = new URLSearchParams(typeof query === 'function' ? query(state) : query).toString()
  return { result: await client.finish(callback, transaction), transaction }
}

function login(): ReturnType<typeof createLogin> {
  return createLogin({
    issuer: provider.issuer,
    clientID: 'inbox',
    clientSecret: 'secret',
    redirectUri,
    allowInsecureHTTP: true,
  })
}

function now(): number {
  return Math.floor(started / 1000)
}
