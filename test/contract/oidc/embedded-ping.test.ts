/** A client of the embedded provider that is pinged, and endpoints that do not take the ping. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, before, beforeEach, suite, test } from 'node:test'
import { json } from 'node:stream/consumers'
import { stringify } from 'yaml'
import { listen } from '../../../src/http/server.ts'
import type { ListeningServer } from '../../../src/http/server.ts'
import type { ProviderEvent } from '../../../src/embedded-provider/log.ts'
import { parseDirectory } from '../../../src/embedded-provider/people.ts'
import { createIdentityProvider } from '../../../src/embedded-provider/provider.ts'
import { oddities, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'

const anywhere = { host: '127.0.0.1', port: 0 }
const notificationToken = 'v1.dGhlLW5vdGlmaWNhdGlvbi10b2tlbg~+/-_.='
const approvalRequest = 'demo/foo-v2'
const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }
const took: Handler = (response) => response.writeHead(204).end()

type Ping = {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly type: string | undefined
  readonly body: unknown
  /** What the token endpoint says while the ping is under way. */
  readonly token: number
}

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

suite('the embedded provider pings', () => {
  let provider: ListeningServer
  let channel: ListeningServer
  let client: ListeningServer
  let bearer: string | undefined
  let answer: Handler
  const events: ProviderEvent[] = []
  const pings: Ping[] = []

  before(async () => {
    channel = await listen((request, response) => {
      bearer = request.headers.authorization
      response.writeHead(201).end()
    }, anywhere)
    client = await listen((request, response) => {
      const { method, url: path, headers } = request
      const { authorization, 'content-type': type } = headers
      void json(request).then(async (body) => {
        const { status: token } = await redeem('pinged', (body as { auth_req_id: string }).auth_req_id)
        pings.push({ method, path, authorization, type, body, token })
        answer(response, request)
      })
    }, anywhere)
    let handle: RequestListener = (_request, response) => response.writeHead(503).end()
    provider = await listen((request, response) => {
      handle(request, response)
    }, anywhere)
    const gone = await listen(() => undefined, anywhere)
    await gone.close()
    const clients = [
      { client_id: 'pinged', notification_endpoint: `${client.url}/v1/ping` },
      { client_id: 'unreached', notification_endpoint: gone.url },
      { client_id: 'polling' },
    ].map((one) => ({ kind: 'Ciba', client_secret: 'a-secret', ...one }))
    const embedded = await createIdentityProvider({
      directory: parseDirectory(stringify({ people: [alice], clients, audience: 'urn:test' })),
      ...{ issuer: provider.url, channelUri: channel.url },
      report: (event) => events.push(event),
    })
    handle = embedded.listener
  })
  after(() => Promise.all([provider.close(), channel.close(), client.close()]))
  beforeEach(() => {
    answer = took
    events.length = 0
    pings.length = 0
  })

  async function send(clientID: string, path: string, fields: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${provider.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientID}:a-secret`)}` },
      body: new URLSearchParams(fields),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  const ask = (clientID: string, fields: Record<string, string> = {}): Promise<Answer> =>
    send(clientID, '/ext/ciba/auth', {
      ...{ scope: 'openid', login_hint: 'alice', binding_message: 'foo-v2.K7Q-3XP' },
      approval_request: approvalRequest,
      ...fields,
    })

  const redeem = (clientID: string, authReqId: string): Promise<Answer> =>
    send(clientID, '/token', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId })

  async function prompt(clientID: string): Promise<string> {
    const { status, body } = await ask(clientID, { client_notification_token: notificationToken })
    assert.equal(status, 200)
    return String(body.auth_req_id)
  }

  async function callBack(status: string): Promise<number> {
    const response = await fetch(`${provider.url}/ext/ciba/auth/callback`, {
      method: 'POST',
      headers: { authorization: bearer ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ status }),
    })
    return response.status
  }

  const said = (): readonly string[] => events.map(({ event }) => event)

  test('which modes it has stands in its metadata', async () => {
    const metadata = await fetch(`${provider.url}/.well-known/openid-configuration`)
    const { backchannel_token_delivery_modes_supported: modes } = (await metadata.json()) as {
      readonly backchannel_token_delivery_modes_supported: unknown
    }
    assert.deepEqual(modes, ['poll', 'ping'])
  })

  for (const [status, token, story] of [
    ['SUCCEED', 200, ['PromptShown', 'PromptAnswered', 'TokenMinted', 'PingSent']],
    ['UNAUTHORIZED', 400, ['PromptShown', 'PromptAnswered', 'PingSent']],
  ] as const)
    test(`${status}: one ping, once the answer can be fetched`, async () => {
      const authReqId = await prompt('pinged')
      assert.deepEqual(pings, [])
      assert.equal(await callBack(status), 200)
      assert.deepEqual(pings, [
        {
          method: 'POST',
          path: '/v1/ping',
          authorization: `Bearer ${notificationToken}`,
          type: 'application/json',
          body: { auth_req_id: authReqId },
          token,
        },
      ])
      assert.deepEqual(said(), story)
      assert.deepEqual(events.at(-1), { event: 'PingSent', client: 'pinged', approvalRequest })
    })

  for (const [name, clientID, handler, error] of [
    ['refused', 'pinged', text(401, 'who?'), / answered 401, not 204$/],
    ['sent elsewhere', 'pinged', text(302, '', { location: '/elsewhere' }), / answered 302, not 204$/],
    ['cut off', 'pinged', oddities.reset, / was not reached: (UND_ERR_SOCKET|ECONNRESET)$/],
    ['not answered', 'pinged', oddities.silence, / was not reached: TimeoutError$/],
    ['sent to nobody', 'unreached', took, / was not reached: ECONNREFUSED$/],
  ] as const)
    test(`a ping that is ${name} takes nothing from the answer`, async () => {
      answer = handler
      const authReqId = await prompt(clientID)
      const from = performance.now()
      assert.equal(await callBack('SUCCEED'), 200)
      assert.ok(performance.now() - from < 5000, 'the person does not wait for the client')
      const failed = events.at(-1)
      assert.ok(failed?.event === 'PingFailed')
      assert.match(failed.error, error)
      assert.deepEqual([failed.client, failed.approvalRequest], [clientID, approvalRequest])
      const told = JSON.stringify(events)
      assert.ok(!told.includes(authReqId) && !told.includes(notificationToken))
      assert.equal(pings.length, clientID === 'pinged' ? 1 : 0)
      if (clientID === 'unreached') assert.equal((await redeem(clientID, authReqId)).status, 200)
    })

  test('a ping that is answered with 200 was taken too', async () => {
    answer = text(200, 'thanks')
    await prompt('pinged')
    assert.equal(await callBack('SUCCEED'), 200)
    assert.equal(events.at(-1)?.event, 'PingSent')
  })

  test('a client that is pinged must say with which token', async () => {
    const { status, body } = await ask('pinged')
    assert.deepEqual([status, body.error], [400, 'invalid_request'])
    assert.deepEqual(said(), [])
  })

  test('a client without an endpoint is not pinged', async () => {
    const authReqId = await prompt('polling')
    assert.equal(await callBack('SUCCEED'), 200)
    assert.equal((await redeem('polling', authReqId)).status, 200)
    assert.deepEqual(said(), ['PromptShown', 'PromptAnswered', 'TokenMinted'])
  })
})
