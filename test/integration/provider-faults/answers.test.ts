/**
 * Every answer that a provider may give at its two endpoints, and what becomes of the question. The errors are those of
 * CIBA Core §11 and §13; where a comment names a product, its source or documentation says that it answers so.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import type { JWTPayload } from 'jose'
import { clientID } from '../../support/fakes/providers/company.ts'
import type { Grant } from '../../support/fakes/providers/company.ts'
import { assertSeconds, pausesBetween } from '../../support/assertions/elapsed.ts'
import { approved, asked, play } from '../../support/scenes/fault-row.ts'
import type { Row } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { json, oddities, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { assertNothingShown } from '../../support/assertions/leaks.ts'
import type { Asking } from '../../support/clusters/question.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'
import type { SigningKey } from '../../support/builders/signing-key.ts'

let scene: FaultScene
let strange: SigningKey
let forged: SigningKey
before(async () => {
  scene = await startFaultScene()
  strange = await aSigningKey('strange')
  forged = await aSigningKey('company')
})
after(() => scene.close())

function row(name: string, what: Row): void {
  test(name, async () => {
    await play(scene, what)
  })
}

function refusal(status: number, error: string, error_description?: string): Handler {
  return json(status, { error, error_description })
}

/** An unknown key is waited for until the token expires. */
const brief = { response: { expires_in: 3 } }

suite('the backchannel endpoint', { concurrency: true }, () => {
  for (const [status, error, reason] of [
    [400, 'invalid_request', 'InvalidRequest'],
    [400, 'invalid_scope', 'InvalidScope'],
    [400, 'expired_login_hint_token', 'ExpiredLoginHintToken'],
    [400, 'unknown_user_id', 'UnknownUserId'],
    [400, 'missing_user_code', 'MissingUserCode'],
    [400, 'invalid_user_code', 'InvalidUserCode'],
    [400, 'invalid_binding_message', 'InvalidBindingMessage'],
    [403, 'access_denied', 'PromptRefused'],
    // RFC 8707 §2, RFC 9396 §5.
    [400, 'invalid_target', 'InvalidTarget'],
    [400, 'invalid_authorization_details', 'InvalidAuthorizationDetails'],
  ] as const)
    row(`${error} ends in ${reason}`, {
      prompts: [refusal(status, error, 'so it is')],
      story: `Prompting ${reason}`,
      words: new RegExp(`answered ${error} \\("so it is"\\)`),
      seen: [1, 0, 0],
    })

  for (const [name, answer, words] of [
    ['unauthorized_client', refusal(400, 'unauthorized_client'), /answered unauthorized_client/],
    ['invalid_client', refusal(401, 'invalid_client'), /answered invalid_client/],
    // Keycloak, when its authentication channel is out of reach.
    ['503 server_error', refusal(503, 'server_error', 'Failed to send authentication request'), /"Failed to/],
    ['temporarily_unavailable', refusal(503, 'temporarily_unavailable'), /temporarily_unavailable/],
    // Auth0, over its limits.
    ['429 too_many_requests', refusal(429, 'too_many_requests'), /temporarily_unavailable/],
    ['a bare 429', text(429, ''), /HTTP 429 without an OAuth error/],
  ] as const)
    row(`${name} disturbs nobody, so it is asked again`, {
      prompts: [answer],
      story: 'Prompting IdentityProviderNotReady AuthorizationPending Approved',
      words,
      seen: [2, 1, 0],
    })

  for (const [name, response] of [
    ['auth_req_id', { expires_in: 120 }],
    ['expires_in', { auth_req_id: 'an-id' }],
  ] as const)
    row(`200 without ${name} is final, and nothing more is sent`, {
      prompts: [json(200, response)],
      story: 'Prompting MalformedResponse',
      words: new RegExp(`answered without ${name}, which CIBA Core §7\\.3 requires`),
      seen: [1, 0, 0],
    })

  for (const [name, answer, words] of [
    ['500 with a page', text(500, '<html>'), /HTTP 500/],
    ['a bare 503', text(503, '<html>'), /HTTP 503 without an OAuth error/],
    ['200 with a page', text(200, '<html>'), /HTTP 200 with a page instead of JSON/],
    ['50 MB', oddities.hugeBody, /too large/],
    ['a reset', oddities.reset, /may still see the prompt; an answer has no effect/],
    ['a closed connection', oddities.closed, /may still see the prompt; an answer has no effect/],
  ] as const)
    row(`${name} may have disturbed someone, so it is not asked again`, {
      prompts: [answer],
      story: 'Prompting PromptLost',
      words,
      seen: [1, 0, 0],
    })

  // CIBA Core §7.3: 5 s where nothing usable is said. oidc-provider sends none, Keycloak none for 0, Authlete 0.
  for (const [name, interval, seconds] of [
    ['no interval', undefined, 5],
    ['interval 0', 0, 5],
    ['interval -1', -1, 5],
    ['interval "soon"', 'soon', 5],
    ['interval "2"', '2', 2],
    ['interval 1.5', 1.5, 2],
  ] as const)
    test(`${name} means ${seconds} s`, async () => {
      const { visits } = await play(scene, {
        prompts: [json(200, { auth_req_id: randomBytes(16).toString('hex'), expires_in: 120, interval })],
        story: approved,
        words: /approved at/,
        seen: [1, 1, 0],
      })
      assertSeconds(pausesBetween([...visits('/backchannel'), ...visits('/token')]), [seconds])
    })
})

suite('the token endpoint', { concurrency: true }, () => {
  for (const [status, error, reason] of [
    [400, 'access_denied', 'AccessDenied'],
    [400, 'expired_token', 'RequestExpired'],
    [400, 'unauthorized_client', 'UnauthorizedClient'],
    [400, 'invalid_request', 'InvalidRequest'],
    // RFC 6749 §5.2, RFC 9449 §8.
    [400, 'invalid_scope', 'InvalidScope'],
    [400, 'unsupported_grant_type', 'ProviderError'],
    [400, 'use_dpop_nonce', 'ProviderError'],
    // Keycloak and oidc-provider for an auth_req_id that was redeemed or never known.
    [400, 'invalid_grant', 'TokenLost'],
  ] as const)
    row(`${error} ends in ${reason}`, {
      tokens: [refusal(status, error, 'so it is')],
      story: `${asked} ${reason}`,
      words: /alice@company\.com/,
      seen: [1, 1, 0],
    })

  for (const [name, answer] of [
    ['authorization_pending', refusal(400, 'authorization_pending')],
    ['500 server_error', refusal(500, 'server_error')],
    ['503', text(503, '')],
    ['429 too_many_requests', refusal(429, 'too_many_requests')],
    ['500 with a page', text(500, '<html>')],
    ['200 with a page', text(200, '<html>')],
    ['a bare 400', text(400, '')],
    ['404 of a gateway', json(404, { message: 'no Route matched' })],
    ['a redirect', text(302, '', { location: '/backchannel' })],
    ['50 MB', oddities.hugeBody],
    ['a reset', oddities.reset],
  ] as const)
    row(`${name} decides nothing, so the token is asked for again`, {
      tokens: [answer],
      story: approved,
      words: /approved at/,
      seen: [1, 2, 0],
    })

  row('invalid_client twice is said, and the token is asked for again', {
    tokens: [refusal(401, 'invalid_client'), refusal(401, 'invalid_client')],
    story: `${asked} IdentityProviderNotReady Approved`,
    words: /has been asked, but IdentityProvider q-\w+ answered invalid_client to client/,
    seen: [1, 3, 0],
  })

  row('a token response that is lost on its way ends in TokenLost', {
    tokens: [oddities.reset, refusal(400, 'invalid_grant')],
    story: `${asked} TokenLost`,
    words: /no token is stored/,
    seen: [1, 2, 0],
  })

  test('an auth_req_id that an error quotes is not passed on', async () => {
    const provider = await scene.openProvider()
    const quoting: Handler = (...exchange) => {
      const authReqId = provider.visits('/token')[0]?.form.get('auth_req_id') ?? ''
      refusal(400, 'invalid_request', `auth_req_id ${authReqId} is not known`)(...exchange)
    }
    provider.tokens(quoting)
    const words = /answered invalid_request \("auth_req_id \.\.\. is not known"\)/
    await play(scene, { provider, story: `${asked} InvalidRequest`, words, seen: [1, 1, 0] })
  })
})

suite('a token response', { concurrency: true }, () => {
  const now = Math.floor(Date.now() / 1000)
  const withAction: Asking = { provider: { actionBinding: 'ParameterizedScopes' } }
  const rows: readonly (readonly [string, Grant, RegExp, Asking?])[] = [
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }, /TokenRejected: iss: /],
    ['for another client', { claims: { aud: 'another' } }, /TokenRejected: aud: /],
    ['for several clients', { claims: { aud: [clientID, 'another'] } }, /TokenRejected: aud: /],
    ['issued to another client', { claims: { azp: 'another' } }, /TokenRejected: azp: /],
    [
      'of another person',
      { claims: { sub: 'bob' } },
      /ApproverMismatch: the ID token's sub is "bob" and does not name alice@company.com, who was asked/,
    ],
    ['without alg', { sign: (claims) => new UnsecuredJWT(claims).encode() }, /TokenRejected: alg: /],
    ['with alg HS256', { sign: signedBySecret }, /TokenRejected: alg: /],
    ['by an unknown key', { sign: (claims) => strange.sign(claims), ...brief }, /TokenRejected: kid: /],
    ['by a forged key', { sign: (claims) => forged.sign(claims) }, /TokenRejected: signature: /],
    ['older than the question', { claims: { iat: now - 120 } }, /TokenRejected: iat: /],
    ['that has expired', { claims: { exp: now - 120 } }, /TokenRejected: exp: /],
    ['with another at_hash', { claims: { at_hash: 'bm9uc2Vuc2U' } }, /TokenRejected: at_hash: /],
    ['without ID token', { response: { id_token: undefined } }, /TokenRejected: id_token: /],
    ['with an ID token that is none', { sign: () => 'nonsense' }, /TokenRejected: id_token: /],
    ['with a wider scope', { response: { scope: 'openid admin' } }, /TokenRejected: scope: .*, admin/],
    [
      'without the action',
      { response: { scope: 'openid' } },
      /TokenRejected: scope: .* lacks action:/,
      withAction,
    ],
  ]
  for (const [name, grant, words, asking] of rows)
    test(`${name} is refused and revoked`, async () => {
      const [reason = ''] = /^\w+/.exec(words.source) ?? []
      const story = `${asked} ${reason}`
      const { visits } = await play(scene, { grant, asking, story, words, seen: [1, 1, 1] })
      assert.match(visits('/revoke')[0]?.form.get('token') ?? '', /^marked-access_token/)
    })
})

test('a provider without faults was asked all the while', async () => {
  const seconds = await scene.endHealthy()
  assert.ok(Math.max(...seconds) < 10, `${seconds.length} questions took ${seconds.join(', ')} s`)
})

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))

function signedBySecret(claims: JWTPayload, clientSecret: string): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(clientSecret))
}
