/** The contract of OpenIDProviders and Login, against panva's oidc-provider. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { PromptRequest } from '../../../src/core/ports/prompting.ts'
import type { ProviderConnection } from '../../../src/core/ports/provider.ts'
import { createLogin } from '../../../src/oidc/login.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { startOidcProvider } from '../../support/fakes/providers/oidc-provider.ts'
import type { TestProvider } from '../../support/fakes/providers/oidc-provider.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'

const question: PromptRequest = {
  loginHint: 'alice',
  bindingMessage: 'foo-v2.K7Q-3XP',
  scope: 'openid action:promote-rollout',
  requestedExpirySeconds: 240,
  extraParameters: { approval_request: 'demo/foo-v2/uid', approval_digest: 'sha256:00' },
}

suite('with oidc-provider', () => {
  let provider: TestProvider
  let connection: ProviderConnection

  before(async () => {
    provider = await startOidcProvider()
    connection = await connect(provider, provider.clientSecret)
  })
  after(() => provider.close())

  async function ask(): Promise<string> {
    const outcome = await connection.requestPrompt(question)
    assert.equal(outcome.kind, 'Prompted')
    return outcome.authReqId
  }

  test('a prompt reaches the person with all that was asked', async () => {
    const outcome = await connection.requestPrompt(question)
    const shown = provider.prompts.at(-1)
    assert.ok(shown)
    const { authReqId, accountId, parameters } = shown
    assert.deepEqual(outcome, { kind: 'Prompted', authReqId, expiresInSeconds: 240, intervalSeconds: 5 })
    assert.equal(accountId, 'alice')
    assert.equal(parameters.binding_message, 'foo-v2.K7Q-3XP')
    assert.equal(parameters.scope, 'openid action:promote-rollout')
    assert.equal(parameters.approval_request, 'demo/foo-v2/uid')
  })

  test('a yes is a token whose ID token holds', async () => {
    const authReqId = await ask()
    assert.deepEqual(pick(await connection.requestToken(authReqId)), ['Error', 'authorization_pending'])
    await provider.approve(authReqId)
    const outcome = await connection.requestToken(authReqId)
    assert.equal(outcome.kind, 'Granted')
    assert.equal(outcome.response.expiresInSeconds, 300)
    assert.equal(outcome.response.scope, question.scope)
    const verification = await connection.verifyIdToken(outcome.response, ['ES256'])
    assert.equal(verification.kind, 'Verified')
    const { sub, acr, amr } = verification.claims
    assert.deepEqual({ sub, acr, amr }, { sub: 'alice', acr: 'ciba', amr: ['pwd', 'user_approval'] })
    assert.deepEqual(
      await connection.verifyIdToken(outcome.response, ['PS256']).then((other) => other.kind),
      'Rejected',
    )
    await connection.revoke(outcome.response.accessToken)
  })

  test('a no is access_denied', async () => {
    const authReqId = await ask()
    await provider.deny(authReqId)
    assert.deepEqual(pick(await connection.requestToken(authReqId)), ['Error', 'access_denied'])
  })

  test('an unknown person is not prompted', async () => {
    const before = provider.prompts.length
    const outcome = await connection.requestPrompt({ ...question, loginHint: 'mallory' })
    assert.deepEqual(pick(outcome), ['NotPrompted', 'unknown_user_id'])
    assert.equal(provider.prompts.length, before)
  })

  test('a message that the provider refuses prompts nobody', async () => {
    const outcome = await connection.requestPrompt({ ...question, bindingMessage: 'two words' })
    assert.deepEqual(pick(outcome), ['NotPrompted', 'invalid_binding_message'])
  })

  test('a wrong secret is invalid_client', async () => {
    const stranger = await connect(provider, 'wrong')
    assert.deepEqual(pick(await stranger.requestPrompt(question)), ['NotPrompted', 'invalid_client'])
    assert.deepEqual(pick(await stranger.requestToken('x')), ['Error', 'invalid_client'])
  })

  test('an auth_req_id that nobody knows is invalid_grant', async () => {
    assert.deepEqual(pick(await connection.requestToken('unknown')), ['Error', 'invalid_grant'])
  })

  test('a person logs in with PKCE', async () => {
    const login = createLogin({ ...provider, allowInsecureHTTP: true })
    const { redirectTo, transaction } = await login.begin()
    const callback = await browse(redirectTo, provider.redirectUri)
    const result = await login.finish(callback, transaction)
    assert.equal(result.kind, 'LoggedIn')
    const { authTime, ...person } = result.person
    assert.deepEqual(person, {
      issuer: provider.issuer,
      subject: 'alice',
      name: 'alice A.',
      preferredUsername: 'alice',
    })
    assert.ok(authTime !== undefined && Math.abs(authTime - Date.now() / 1000) < 60)
    assert.equal((await login.finish(callback, transaction)).kind, 'Failed')
  })

  test("another person's callback does not log in", async () => {
    const login = createLogin({ ...provider, allowInsecureHTTP: true })
    const { redirectTo } = await login.begin()
    const callback = await browse(redirectTo, provider.redirectUri)
    const { transaction } = await login.begin()
    assert.deepEqual(await login.finish(callback, transaction), {
      kind: 'Failed',
      error: 'OAUTH_INVALID_RESPONSE',
    })
  })
})

test('a provider without CIBA is BackchannelNotSupported', async (t) => {
  const provider = await startOidcProvider({ features: { devInteractions: { enabled: false } }, clients: [] })
  t.after(() => provider.close())
  const connected = await createOpenIDProviders({ clock: systemClock }).connect(
    aSpec(provider.issuer),
    aSharedSecret,
  )
  assert.deepEqual(
    [connected.kind, connected.kind === 'NotReady' && connected.reason],
    ['NotReady', 'BackchannelNotSupported'],
  )
})

async function connect({ issuer, clientID }: TestProvider, secret: string): Promise<ProviderConnection> {
  const providers = createOpenIDProviders({ clock: systemClock })
  const connected = await providers.connect(aSpec(issuer), {
    kind: 'SharedSecret',
    clientID,
    method: 'client_secret_basic',
    secret,
  })
  if (connected.kind === 'NotReady') throw new Error(connected.message)
  return connected.connection
}

function pick(outcome: { readonly kind: string }): readonly unknown[] {
  return [outcome.kind, 'error' in outcome && outcome.error]
}

/** Follows redirects with cookies, as a browser does, until the provider sends it back to the client. */
async function browse(start: URL, redirectUri: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = start
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { headers: { cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=', 2)
      cookies.set(name, value)
    }
    url = new URL(response.headers.get('location') ?? '', url)
    if (url.href.startsWith(redirectUri)) return url
  }
  throw new Error('the login does not end')
}
