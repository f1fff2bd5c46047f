/** Every way for a client to prove itself, against panva's oidc-provider; and what the provider does with a replay. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { errors } from 'oidc-provider'
import type { ClientMetadata } from 'oidc-provider'
import type { PromptRequest } from '../../../src/core/ports/prompting.ts'
import type { ClientCredential, ProviderConnection } from '../../../src/core/ports/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aClientKey, signingAlgorithms } from '../../support/builders/client-key.ts'
import { aSpec } from '../../support/builders/identity-provider-spec.ts'
import { aCibaClient, startOidcProvider } from '../../support/fakes/providers/oidc-provider.ts'
import type { TestProvider } from '../../support/fakes/providers/oidc-provider.ts'

const question: PromptRequest = {
  loginHint: 'alice',
  bindingMessage: 'foo-v2.K7Q-3XP',
  scope: 'openid action:promote-rollout',
  requestedExpirySeconds: 240,
  extraParameters: {},
}
const secret = "s-e_c.r!e~t*'(with) :+&%/="

suite('with oidc-provider', () => {
  let provider: TestProvider
  const credentials = new Map<string, ClientCredential>()

  before(async () => {
    const clients: ClientMetadata[] = []
    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      clients.push({ client_id: method, client_secret: secret, token_endpoint_auth_method: method })
      credentials.set(method, { kind: 'SharedSecret', clientID: method, method, secret })
    }
    for (const algorithm of signingAlgorithms) {
      const { publicJwk, ...key } = await aClientKey(algorithm, { kid: algorithm })
      clients.push({
        client_id: algorithm,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: algorithm,
        jwks: { keys: [publicJwk] },
      })
      credentials.set(algorithm, {
        kind: 'PrivateKey',
        clientID: algorithm,
        algorithm,
        jwk: key.secret,
      })
    }
    provider = await startOidcProvider({
      clients: clients.map(aCibaClient),
      // As the provider does by itself under FAPI 2.0: one text, and the issuer's.
      assertJwtClientAuthClaimsAndHeader: (ctx, claims) => {
        if (claims.aud !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('aud is not the issuer')
      },
    })
  })
  after(() => provider.close())

  async function connect(client: string): Promise<ProviderConnection> {
    const credential = credentials.get(client)
    assert.ok(credential)
    const connected = await createOpenIDProviders({ clock: systemClock }).connect(
      aSpec(provider.issuer),
      credential,
    )
    assert.ok(connected.kind === 'Connected')
    return connected.connection
  }

  for (const client of ['client_secret_basic', 'client_secret_post', ...signingAlgorithms])
    test(`${client}: from the prompt to the token and its end`, async () => {
      const connection = await connect(client)
      const prompted = await connection.requestPrompt(question)
      assert.ok(prompted.kind === 'Prompted')
      const { authReqId } = prompted
      assert.deepEqual(pick(await connection.requestToken(authReqId)), ['Error', 'authorization_pending'])
      await provider.approve(authReqId)
      const outcome = await connection.requestToken(authReqId)
      assert.ok(outcome.kind === 'Granted')
      assert.equal((await connection.verifyIdToken(outcome.response, ['ES256'])).kind, 'Verified')
      await connection.revoke(outcome.response.accessToken)
      assert.equal(provider.revocations.at(-1), client)
    })

  for (const client of signingAlgorithms)
    test(`${client}: a second sending is refused, and nobody is prompted twice`, async () => {
      const connection = await connect(client)
      const before = provider.prompts.length
      const request = { ...question, assertion: anAssertion(`${client}-attempt-1`) }
      assert.equal((await connection.requestPrompt(request)).kind, 'Prompted')
      assert.deepEqual(pick(await connection.requestPrompt(request)), ['NotPrompted', 'invalid_client'])
      // Made anew, as after a restart.
      const restarted = await connect(client)
      assert.deepEqual(pick(await restarted.requestPrompt(request)), ['NotPrompted', 'invalid_client'])
      assert.equal(provider.prompts.length, before + 1)

      const next = { ...question, assertion: anAssertion(`${client}-attempt-2`) }
      assert.equal((await connection.requestPrompt(next)).kind, 'Prompted')
      assert.equal(provider.prompts.length, before + 2)
    })

  test('an assertion that has expired prompts nobody', async () => {
    const connection = await connect('ES256')
    const before = provider.prompts.length
    // Further back than the provider tolerates, which is 15 s.
    const request = { ...question, assertion: anAssertion('late', -60) }
    assert.deepEqual(pick(await connection.requestPrompt(request)), ['NotPrompted', 'invalid_client'])
    assert.equal(provider.prompts.length, before)
  })

  test("another client's key is invalid_client", async () => {
    const jwk = (await aClientKey('ES256')).secret
    credentials.set('stranger', { kind: 'PrivateKey', clientID: 'ES256', algorithm: 'ES256', jwk })
    const stranger = await connect('stranger')
    assert.deepEqual(pick(await stranger.requestPrompt(question)), ['NotPrompted', 'invalid_client'])
    assert.deepEqual(pick(await stranger.requestToken('x')), ['Error', 'invalid_client'])
  })
})

test('a key that cannot be used is InvalidKey before anything is sent', async () => {
  const credential = { kind: 'PrivateKey', clientID: 'bot', jwk: 'no key' } as const
  const nowhere = aSpec('http://127.0.0.1:9')
  const connected = await createOpenIDProviders({ clock: systemClock }).connect(nowhere, credential)
  assert.deepEqual(
    [connected.kind, connected.kind === 'NotReady' && connected.reason],
    ['NotReady', 'InvalidKey'],
  )
})

function anAssertion(jti: string, lifeSeconds = 45): NonNullable<PromptRequest['assertion']> {
  return { jti, expiresAt: new Date(systemClock.now().getTime() + lifeSeconds * 1000) }
}

function pick(outcome: { readonly kind: string }): readonly unknown[] {
  return [outcome.kind, 'error' in outcome && outcome.error]
}
