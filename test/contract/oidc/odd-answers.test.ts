/** What every odd answer of a provider comes out as, and that one call is one request, whatever the answer. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import type { PromptRequest } from '../../../src/core/ports/prompting.ts'
import type { ProviderConnection } from '../../../src/core/ports/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'
import { json, oddities, text } from '../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'
import type { SigningKey } from '../../support/builders/signing-key.ts'

const question: PromptRequest = {
  loginHint: 'alice',
  bindingMessage: 'K7Q-3XP',
  scope: 'openid',
  requestedExpirySeconds: 600,
  resource: 'https://gate.example',
  extraParameters: { approval_digest: 'sha256:00', scope: 'offline_access' },
}
const shortLimits = { connectSeconds: 1, metadataSeconds: 1, promptSeconds: 0.3, tokenSeconds: 0.3 }
const challenge = { 'www-authenticate': 'Basic realm="sso"' }

const prompted = { kind: 'Prompted', authReqId: 'id', expiresInSeconds: 120, intervalSeconds: 5 }
const ack = { auth_req_id: 'id', expires_in: 120 }
const notPrompted = (error: string): Readonly<Record<string, unknown>> => ({ kind: 'NotPrompted', error })
const tooLarge = (endpoint: string): string =>
  `the ${endpoint} endpoint: the answer is too large (UND_ERR_RES_EXCEEDED_MAX_SIZE)`
const tokens = { access_token: 'at', token_type: 'Bearer', expires_in: 300 }

suite('odd answers', () => {
  let provider: ScriptedProvider
  let key: SigningKey
  let connection: ProviderConnection

  before(async () => {
    provider = await startScriptedProvider()
    key = await aSigningKey('k1')
    provider.publish(key, 'Replace')
    connection = await connect(provider.issuer)
  })
  beforeEach(() => {
    provider.received.clear()
  })
  after(() => provider.close())

  for (const [name, handler, want] of [
    ['interval 0', json(200, { ...ack, interval: 0 }), prompted],
    ['interval "5"', json(200, { ...ack, interval: '5' }), prompted],
    ['text/plain', json(200, ack, { 'content-type': 'text/plain' }), prompted],
    ['201', json(201, ack), prompted],
    ['200 without auth_req_id', json(200, { expires_in: 120 }), { kind: 'Malformed' }],
    ['200 without expires_in', json(200, { auth_req_id: 'id' }), { kind: 'Malformed' }],
    ['200 that is a page', text(200, '<html>'), { kind: 'Unknown' }],
    ['200 with an error', json(200, { error: 'unknown_user_id' }), notPrompted('unknown_user_id')],
    [
      '401 with a challenge and an error',
      json(401, { error: 'invalid_client' }, challenge),
      notPrompted('invalid_client'),
    ],
    ['401 with a challenge alone', text(401, '', challenge), notPrompted('invalid_client')],
    // As Keycloak answers an assertion that it has seen before.
    [
      '401 with an error alone',
      json(401, { error: 'invalid_client', error_description: 'Token reuse detected' }),
      { ...notPrompted('invalid_client'), description: 'Token reuse detected' },
    ],
    ['421', text(421, ''), notPrompted('http_421')],
    [
      '429 with Retry-After',
      json(429, { error: 'slow' }, { 'retry-after': '7' }),
      { ...notPrompted('temporarily_unavailable'), retryAfterSeconds: 7 },
    ],
    ['503 with an error', json(503, { error: 'busy' }), notPrompted('temporarily_unavailable')],
    ['503 with a page', text(503, '<html>'), { kind: 'Unknown' }],
    ['500 with a page', text(500, '<html>'), { kind: 'Unknown' }],
    ['500 with server_error', json(500, { error: 'server_error' }), notPrompted('server_error')],
    ['a redirect', text(307, '', { location: '/token' }), notPrompted('http_307')],
    ['a bare 429', text(429, ''), notPrompted('temporarily_unavailable')],
    ['silence', oddities.silence, { kind: 'Unknown' }],
    ['a slow body', oddities.slowBody, { kind: 'Unknown' }],
    [
      'a body of 50 MB',
      oddities.hugeBody,
      { kind: 'Unknown', detail: tooLarge('backchannel authentication') },
    ],
    ['a reset', oddities.reset, { kind: 'Unknown' }],
    ['a closed connection', oddities.closed, { kind: 'Unknown' }],
  ] as const)
    test(`a prompt answered by ${name} is ${JSON.stringify(want)}`, async () => {
      provider.routes.set('/backchannel', handler)
      const outcome = await connection.requestPrompt(question)
      assert.deepEqual({ ...outcome, ...want }, outcome)
      assert.equal(provider.received.get('/backchannel')?.length, 1)
      assert.equal(provider.received.get('/token'), undefined)
    })

  test('a prompt carries the parameters of the specification', async () => {
    provider.routes.set('/backchannel', json(200, ack))
    await connection.requestPrompt({
      ...question,
      authorizationDetails: [{ type: 'a', actions: ['ü'] }],
      notificationToken: 'k1~demo~foo-v2',
    })
    assert.deepEqual(Object.fromEntries(provider.received.get('/backchannel')?.[0] ?? []), {
      authorization_details: '[{"type":"a","actions":["ü"]}]',
      approval_digest: 'sha256:00',
      binding_message: 'K7Q-3XP',
      client_id: 'bot',
      client_notification_token: 'k1~demo~foo-v2',
      login_hint: 'alice',
      requested_expiry: '600',
      resource: 'https://gate.example',
      scope: 'openid',
    })
  })

  for (const [name, handler, want] of [
    [
      'authorization_pending',
      json(400, { error: 'authorization_pending' }),
      { kind: 'Error', error: 'authorization_pending' },
    ],
    [
      'slow_down with an interval',
      json(400, { error: 'slow_down', interval: 15 }),
      { kind: 'Error', error: 'slow_down', retryAfterSeconds: 15 },
    ],
    ['invalid_grant', json(400, { error: 'invalid_grant' }), { kind: 'Error', error: 'invalid_grant' }],
    [
      '401 with a challenge',
      json(401, { error: 'invalid_client' }, challenge),
      { kind: 'Error', error: 'invalid_client' },
    ],
    [
      '503 with Retry-After',
      text(503, '', { 'retry-after': '7' }),
      { kind: 'Unreachable', retryAfterSeconds: 7 },
    ],
    ['500 with a page', text(500, '<html>'), { kind: 'Unreachable' }],
    ['a redirect', text(302, '', { location: '/backchannel' }), { kind: 'Unreachable' }],
    ['silence', oddities.silence, { kind: 'Unreachable' }],
    ['a slow body', oddities.slowBody, { kind: 'Unreachable' }],
    ['a body of 50 MB', oddities.hugeBody, { kind: 'Unreachable', detail: tooLarge('token') }],
    ['a reset', oddities.reset, { kind: 'Unreachable' }],
    [
      '200 without access_token',
      json(200, {}),
      { kind: 'Malformed', detail: 'HTTP 200 without access_token' },
    ],
    ['200 that is a page', text(200, '<html>'), { kind: 'Unreachable' }],
    ['200 with an error', json(200, { error: 'slow_down' }), { kind: 'Error', error: 'slow_down' }],
    ['400 of its own format', json(400, { errorCode: 'E1' }), { kind: 'Error', error: 'http_400' }],
    ['400 with a page', text(400, '<html>'), { kind: 'Unreachable' }],
    ['a token of an odd type', json(200, { ...tokens, token_type: 'mac' }), { kind: 'Granted' }],
  ] as const)
    test(`a token request answered by ${name} is ${JSON.stringify(want)}`, async () => {
      provider.routes.set('/token', handler)
      const outcome = await connection.requestToken('the-id')
      assert.deepEqual({ ...outcome, ...want }, outcome)
      const [form, ...more] = provider.received.get('/token') ?? []
      assert.deepEqual(Object.fromEntries(form ?? []), {
        auth_req_id: 'the-id',
        grant_type: 'urn:openid:params:grant-type:ciba',
      })
      assert.deepEqual(more, [])
    })

  for (const [name, clause, change] of [
    ['another issuer', 'iss', { iss: 'https://elsewhere.example' }],
    ['another audience', 'aud', { aud: 'other' }],
    ['an expiry in the past', 'exp', { exp: 1 }],
    ['the at_hash of another token', 'at_hash', { at_hash: 'x' }],
  ] as const)
    test(`a granted ID token with ${name} is rejected by ${clause}, and can be revoked`, async () => {
      provider.routes.set(
        '/token',
        json(200, { ...tokens, id_token: await key.sign({ ...claims(), ...change }) }),
      )
      provider.routes.set('/revoke', text(200, ''))
      const outcome = await connection.requestToken('the-id')
      assert.equal(outcome.kind, 'Granted')
      const verification = await connection.verifyIdToken(outcome.response, ['ES256'])
      assert.deepEqual(
        [verification.kind, 'clause' in verification && verification.clause],
        ['Rejected', clause],
      )
      await connection.revoke(outcome.response.accessToken)
      assert.equal(provider.received.get('/revoke')?.[0]?.get('token'), 'at')
    })

  test('a grant without an ID token is rejected by id_token', async () => {
    provider.routes.set('/token', json(200, tokens))
    const outcome = await connection.requestToken('the-id')
    assert.equal(outcome.kind, 'Granted')
    const verification = await connection.verifyIdToken(outcome.response, ['ES256'])
    assert.deepEqual(
      [verification.kind, 'clause' in verification && verification.clause],
      ['Rejected', 'id_token'],
    )
  })

  test('an ID token signed with a rotated key is verified', async () => {
    const rotated = await aSigningKey('k2')
    provider.publish(rotated, 'Add')
    const idToken = await rotated.sign(claims())
    const response = {
      accessToken: 'at',
      tokenType: 'Bearer',
      idToken,
      expiresInSeconds: 300,
      scope: undefined,
    }
    assert.equal((await connection.verifyIdToken(response, ['ES256'])).kind, 'Verified')
    assert.equal(provider.received.get('/jwks')?.length, 1)
  })

  for (const [name, handler] of [
    ['500', text(500, '')],
    ['a reset', oddities.reset],
    ['silence', oddities.silence],
  ] as const)
    test(`revoking never throws, not even for ${name}`, async () => {
      provider.routes.set('/revoke', handler)
      await connection.revoke('at')
    })

  function claims(): Record<string, string | number> {
    const now = Math.floor(Date.now() / 1000)
    return { iss: provider.issuer, sub: 'alice', aud: 'bot', iat: now, exp: now + 300 }
  }
})

async function connect(issuer: string): Promise<ProviderConnection> {
  const providers = createOpenIDProviders({ clock: systemClock, limits: shortLimits })
  const connected = await providers.connect(aSpec(issuer), aSharedSecret)
  if (connected.kind === 'NotReady') throw new Error(connected.message)
  return connected.connection
}
