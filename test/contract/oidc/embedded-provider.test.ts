/** The clients of the embedded provider, in each way to prove themselves that its file can name. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { json } from 'node:stream/consumers'
import { createVerifier, seenInMemory } from 'countersign/verify'
import { decodeJwt } from 'jose'
import { stringify } from 'yaml'
import type { PromptRequest } from '../../../src/core/ports/prompting.ts'
import type { ClientCredential, ProviderConnection } from '../../../src/core/ports/provider.ts'
import { listen } from '../../../src/http/server.ts'
import type { ListeningServer } from '../../../src/http/server.ts'
import type { ProviderEvent } from '../../../src/embedded-provider/log.ts'
import { parseDirectory } from '../../../src/embedded-provider/people.ts'
import { createIdentityProvider } from '../../../src/embedded-provider/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aClientKey, signingAlgorithms } from '../../support/builders/client-key.ts'
import { aSpec } from '../../support/builders/identity-provider-spec.ts'

const anywhere = { host: '127.0.0.1', port: 0 }
const question: PromptRequest = {
  loginHint: 'alice',
  bindingMessage: 'foo-v2.K7Q-3XP',
  scope: 'openid',
  requestedExpirySeconds: 240,
  extraParameters: {},
}
const detail = {
  type: 'countersign.dev/action',
  actions: ['promote-rollout'],
  identifier: 'demo/Rollout/foo-v2',
  digest: 'sha256:00',
  parameters: { wait: '5m' },
}
const changed = { ...detail, parameters: { wait: '15m' } }

/** A prompt as it came to the authentication channel. */
type Shown = { readonly authorization_details?: unknown; readonly authorization: string }

const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }

suite('with the embedded provider', () => {
  let provider: ListeningServer
  let channel: ListeningServer
  const events: ProviderEvent[] = []
  const shown: Shown[] = []
  const secrets = [
    { kind: 'SharedSecret', clientID: 'basic', method: 'client_secret_basic', secret: 'basic-secret' },
    { kind: 'SharedSecret', clientID: 'post', method: 'client_secret_post', secret: 'post-secret' },
  ] as const
  const credentials: ClientCredential[] = [...secrets]

  before(async () => {
    const clients: unknown[] = secrets.map(({ clientID, method, secret }) => ({
      ...{ kind: 'Ciba', client_id: clientID },
      ...{ token_endpoint_auth_method: method, client_secret: secret },
    }))
    for (const algorithm of signingAlgorithms) {
      const { publicJwk, secret } = await aClientKey(algorithm, {
        kid: algorithm,
        alg: algorithm,
        use: 'sig',
      })
      credentials.push({ kind: 'PrivateKey', clientID: algorithm, jwk: secret })
      const jwks = { keys: [publicJwk] }
      clients.push({
        kind: 'Ciba',
        client_id: algorithm,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks,
      })
    }
    channel = await listen((request, response) => {
      void json(request).then((body) => {
        const { authorization = '' } = request.headers
        shown.push({ ...(body as Shown), authorization })
        response.writeHead(201).end()
      })
    }, anywhere)
    let handle: RequestListener = (_request, response) => response.writeHead(503).end()
    provider = await listen((request, response) => {
      handle(request, response)
    }, anywhere)
    const embedded = await createIdentityProvider({
      directory: parseDirectory(stringify({ people: [alice], clients, audience: 'urn:test' })),
      issuer: provider.url,
      channelUri: channel.url,
      report: (event) => events.push(event),
    })
    handle = embedded.listener
  })
  after(() => Promise.all([provider.close(), channel.close()]))

  async function connect(clientID: string): Promise<ProviderConnection> {
    const credential = credentials.find((candidate) => candidate.clientID === clientID)
    assert.ok(credential)
    const providers = createOpenIDProviders({ clock: systemClock })
    const connected = await providers.connect(aSpec(provider.url), credential)
    assert.ok(connected.kind === 'Connected')
    return connected.connection
  }

  for (const clientID of ['basic', 'post', ...signingAlgorithms])
    test(`client ${clientID} prompts and asks for the token`, async () => {
      const connection = await connect(clientID)
      const prompted = await connection.requestPrompt(question)
      assert.ok(prompted.kind === 'Prompted')
      const outcome = await connection.requestToken(prompted.authReqId)
      assert.ok(outcome.kind === 'Error' && outcome.error === 'authorization_pending')
    })

  async function callBack(answer: object): Promise<number> {
    const { authorization = '' } = shown.at(-1) ?? {}
    const response = await fetch(`${provider.url}/ext/ciba/auth/callback`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'SUCCEED', ...answer }),
    })
    return response.status
  }

  for (const [name, answer, granted] of [
    ['as asked, if the channel says nothing of it', {}, [detail]],
    ['as asked, if the channel says so', { authorization_details: [detail] }, [detail]],
    ['with what the person chose', { authorization_details: [changed] }, [changed]],
  ] as const)
    test(`an action is granted ${name}`, async () => {
      const connection = await connect('ES256')
      const prompted = await connection.requestPrompt({ ...question, authorizationDetails: [detail] })
      assert.ok(prompted.kind === 'Prompted')
      assert.deepEqual(shown.at(-1)?.authorization_details, [detail])
      assert.equal(await callBack(answer), 200)
      const outcome = await connection.requestToken(prompted.authReqId)
      assert.ok(outcome.kind === 'Granted')
      assert.deepEqual(outcome.response.authorizationDetails, granted)
      assert.deepEqual(decodeJwt(outcome.response.accessToken).authorization_details, granted)
    })

  const scope = 'openid action:promote-rollout namespace:demo kind:Rollout target:foo-v2 revision:7654b4484'
  for (const [name, terms, bound] of [
    ['authorization_details', { authorizationDetails: [detail] }, { digest: 'sha256:00' }],
    ['scopes', { scope }, { revision: '7654b4484' }],
  ] as const)
    test(`a resource server takes the token once, with the action in its ${name}`, async () => {
      const connection = await connect('ES256')
      const prompted = await connection.requestPrompt({ ...question, ...terms })
      assert.ok(prompted.kind === 'Prompted')
      assert.equal(await callBack({}), 200)
      const outcome = await connection.requestToken(prompted.authReqId)
      assert.ok(outcome.kind === 'Granted')
      const common = { issuer: provider.url, audience: 'urn:test', seen: seenInMemory() }
      const verifier = createVerifier({ ...common, clients: ['ES256'] })
      const target = { namespace: 'demo', kind: 'Rollout', name: 'foo-v2' }
      const other = { ...target, name: 'bar' }
      const reasons: string[] = []
      for (const wanted of [other, target, target]) {
        const expected = { action: 'promote-rollout', target: wanted, ...bound }
        const verdict = await verifier.verify(outcome.response.accessToken, expected)
        reasons.push(verdict.kind === 'Approved' ? verdict.kind : verdict.reason)
      }
      assert.deepEqual(reasons, ['TargetMismatch', 'Approved', 'Replayed'])
    })

  for (const [name, details, answer] of [
    ['another target', [detail], { authorization_details: [{ ...changed, identifier: 'demo/Rollout/foo' }] }],
    ['another parameter', [detail], { authorization_details: [{ ...detail, parameters: { pause: '1m' } }] }],
    ['two elements', [detail], { authorization_details: [detail, changed] }],
    ['null', [detail], { authorization_details: null }],
    ['what nobody asked for', undefined, { authorization_details: [detail] }],
  ] as const)
    test(`a yes that brings ${name} is none`, async () => {
      const connection = await connect('ES256')
      const rich = details === undefined ? {} : { authorizationDetails: details }
      const prompted = await connection.requestPrompt({ ...question, ...rich })
      assert.ok(prompted.kind === 'Prompted')
      assert.equal(await callBack(answer), 400)
      const outcome = await connection.requestToken(prompted.authReqId)
      assert.ok(outcome.kind === 'Error' && outcome.error === 'authorization_pending')
    })

  test('a no needs no details, and takes any', async () => {
    const connection = await connect('ES256')
    const prompted = await connection.requestPrompt({ ...question, authorizationDetails: [detail] })
    assert.ok(prompted.kind === 'Prompted')
    assert.equal(await callBack({ status: 'UNAUTHORIZED', authorization_details: 'x' }), 200)
    const outcome = await connection.requestToken(prompted.authReqId)
    assert.ok(outcome.kind === 'Error' && outcome.error === 'access_denied')
  })

  for (const [name, authorizationDetails] of [
    ['another type', [{ ...detail, type: 'payment' }]],
    ['a member more', [{ ...detail, locations: ['https://x'] }]],
    ['two elements', [detail, detail]],
    ['a number as a parameter', [{ ...detail, parameters: { wait: 5 } }]],
  ] as const)
    test(`details with ${name} prompt nobody`, async () => {
      const connection = await connect('ES256')
      const before = shown.length
      const outcome = await connection.requestPrompt({ ...question, authorizationDetails })
      assert.ok(outcome.kind === 'NotPrompted' && outcome.error === 'invalid_authorization_details')
      assert.equal(shown.length, before)
    })

  test('an action is granted without details where none were asked', async () => {
    const connection = await connect('ES256')
    const prompted = await connection.requestPrompt(question)
    assert.ok(prompted.kind === 'Prompted')
    assert.equal(shown.at(-1)?.authorization_details, undefined)
    assert.equal(await callBack({}), 200)
    const outcome = await connection.requestToken(prompted.authReqId)
    assert.ok(outcome.kind === 'Granted')
    assert.equal(outcome.response.authorizationDetails, undefined)
    assert.equal(decodeJwt(outcome.response.accessToken).authorization_details, undefined)
  })

  test('an assertion counts once', async () => {
    const connection = await connect('ES256')
    const assertion = { jti: 'attempt-1', expiresAt: new Date(Date.now() + 45_000) }
    events.length = 0
    assert.equal((await connection.requestPrompt({ ...question, assertion })).kind, 'Prompted')
    const again = await connection.requestPrompt({ ...question, assertion })
    assert.ok(again.kind === 'NotPrompted' && again.error === 'invalid_client')
    assert.deepEqual(
      events.map(({ event }) => event),
      ['PromptShown'],
    )
  })
})
