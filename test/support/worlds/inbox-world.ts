/** The embedded provider and the inbox in this process, over real HTTP, around a cluster that is a plain map. */
import type { RequestListener } from 'node:http'
import type { ApprovalRequest, ApprovalRequestSpec, ConfigMap } from '../../../src/api/objects.ts'
import { digestOf } from '../../../src/api/digest.ts'
import { listen, serve } from '../../../src/http/server.ts'
import type { ProviderEvent } from '../../../src/embedded-provider/log.ts'
import { parseDirectory } from '../../../src/embedded-provider/people.ts'
import { createIdentityProvider } from '../../../src/embedded-provider/provider.ts'
import { createInbox } from '../../../src/inbox/app.ts'
import { createPrompts } from '../../../src/inbox/prompts/store.ts'
import type { LogFields } from '../../../src/core/ports/surroundings.ts'
import { createAuthenticationChannel } from '../../../src/oidc/authentication-channel.ts'
import { createBoundedFetch, defaultLimits } from '../../../src/oidc/http/bounded-fetch.ts'
import { createLogin } from '../../../src/oidc/login.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { createCookieSealer } from '../../../src/sealing/cookies.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { anApprovalRequest, theTerms } from '../builders/builders.ts'
import { inMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import { aRing, unchanging } from '../builders/key-ring.ts'

/** The secret of alice’s authenticator app. */
export const totp = 'JBSWY3DPEHPK3PXP'
export const passwords = { alice: 'wonderland', bob: 'builder' } as const
type Passwords = Readonly<Record<keyof typeof passwords, string>>

export type InboxWorld = {
  readonly issuer: string
  readonly inboxUrl: string
  readonly events: readonly ProviderEvent[]
  readonly logged: readonly LogFields[]
  /** What the provider sent along with each prompt. */
  readonly bearers: readonly string[]
  /** What the inbox keeps. */
  readonly configMaps: InMemoryResource<ConfigMap>
  /** The founding example, under a name of its own. */
  aRequest(spec?: Partial<ApprovalRequestSpec>): ApprovalRequest
  /** What the API server would hold. */
  put(request: ApprovalRequest): void
  /** As if somebody had deleted it. */
  remove(request: ApprovalRequest): void
  /** A backchannel authentication request for alice, as the operator sends it. */
  ask(request: ApprovalRequest, changes?: Readonly<Record<string, string>>): Promise<Answer>
  /** As the provider's file says from now on. */
  changePasswordOfAlice(password: string): void
  /** One token request. */
  redeem(authReqId: string): Promise<Answer>
  close(): Promise<void>
}

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

const agent = { id: 'agent-release-bot', secret: 'agent-secret' }
const notReady: RequestListener = (_request, response) => void response.writeHead(503).end()

export async function startInbox(): Promise<InboxWorld> {
  const requests = new Map<string, ApprovalRequest>()
  const events: ProviderEvent[] = []
  const logged: LogFields[] = []
  const bearers: string[] = []

  let handleProvider = notReady
  let handleInbox: (request: Request) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 })
  const address = { host: '127.0.0.1', port: 0 }
  const provider = await listen((request, response) => {
    handleProvider(request, response)
  }, address)
  const inbox = await serve({ fetch: (request) => handleInbox(request), ...address })
  const embedded = await createIdentityProvider({
    directory: parseDirectory(directoryFor(inbox.url)),
    issuer: provider.url,
    channelUri: `${inbox.url}/channel`,
    report: (event) => events.push(event),
  })
  handleProvider = embedded.listener
  const configMaps = inMemoryResource<ConfigMap>()
  const app = createInbox({
    ...connections(provider.url, inbox.url),
    ...storage(configMaps),
    requests: { get: ({ namespace, name }) => Promise.resolve(requests.get(`${namespace ?? ''}/${name}`)) },
    publicUrl: new URL(inbox.url),
    log: logTo(logged),
  })
  handleInbox = (request) => {
    if (request.url.endsWith('/channel'))
      bearers.push(request.headers.get('authorization')?.slice('Bearer '.length) ?? '')
    return app.fetch(request)
  }

  return {
    issuer: provider.url,
    inboxUrl: inbox.url,
    events,
    logged,
    bearers,
    configMaps,
    aRequest: exampleRequests(),
    put: (request) =>
      void requests.set(`${request.metadata.namespace ?? ''}/${request.metadata.name}`, request),
    remove: ({ metadata: { namespace = '', name } }) => void requests.delete(`${namespace}/${name}`),
    ask: (request, changes) => post(`${provider.url}/ext/ciba/auth`, { ...promptFor(request), ...changes }),
    changePasswordOfAlice: (alice) => {
      const directory = parseDirectory(directoryFor(inbox.url, { ...passwords, alice }))
      embedded.replace({ directory, channelUri: `${inbox.url}/channel` })
    },
    redeem: (authReqId) =>
      post(`${provider.url}/token`, {
        grant_type: 'urn:openid:params:grant-type:ciba',
        auth_req_id: authReqId,
      }),
    async close() {
      await inbox.close()
      await provider.close()
    },
  }
}

function exampleRequests(): InboxWorld['aRequest'] {
  let count = 0
  return (spec) => {
    count += 1
    const { apiVersion, kind, metadata, spec: example } = anApprovalRequest()
    const name = `foo-v${count}`
    const uid = `80000000-0000-4000-8000-${String(count).padStart(12, '0')}`
    return {
      ...{ apiVersion, kind },
      metadata: { ...metadata, name, uid },
      spec: { ...example, target: { ...example.target, name }, ...spec },
      status: {
        effective: theTerms(),
        prompts: [{ id: 'approver-1', attempt: 1, approver: 'alice@company.com' }],
      },
    }
  }
}

function storage(configMaps: InMemoryResource<ConfigMap>) {
  const ring = aRing()
  const claimSeconds = 30
  return {
    prompts: createPrompts({
      ...{ configMaps, claimSeconds, sealer: sealerWith(unchanging(ring)), namespace: 'countersign-system' },
      onKept: () => undefined,
      onUnreadable: () => undefined,
    }),
    cookies: createCookieSealer(unchanging(ring), systemClock),
    claimSeconds,
  }
}

function connections(issuer: string, inboxUrl: string) {
  const client = { issuer, allowInsecureHTTP: true }
  return {
    login: createLogin({
      ...client,
      clientID: 'inbox',
      clientSecret: 'inbox-secret',
      redirectUri: `${inboxUrl}/login/callback`,
    }),
    channel: createAuthenticationChannel({
      provider: client,
      fetch: createBoundedFetch({ caBundle: undefined, limits: defaultLimits, reuse: 'Kept' }),
      clock: systemClock,
      timeoutSeconds: 5,
    }),
    clock: systemClock,
  }
}

function directoryFor(inboxUrl: string, { alice, bob }: Passwords = passwords): string {
  return JSON.stringify({
    people: [
      { username: 'alice', email: 'alice@company.com', name: 'Alice Liddell', password: alice, totp },
      { username: 'bob', email: 'bob@company.com', name: 'Bob', password: bob },
    ],
    clients: [
      { kind: 'Ciba', client_id: agent.id, client_secret: agent.secret, scopes: ['rollouts:promote'] },
      {
        kind: 'Login',
        client_id: 'inbox',
        client_secret: 'inbox-secret',
        redirect_uris: [`${inboxUrl}/login/callback`],
      },
    ],
    audience: 'https://rollouts.company.com',
    intervalSeconds: 1,
  })
}

function promptFor(request: ApprovalRequest): Readonly<Record<string, string>> {
  const { metadata, spec } = request
  const digest = digestOf(request)
  const scopes = [
    'openid rollouts:promote',
    ...[`action:${spec.action}`, `target:${spec.target.name}`, `namespace:${metadata.namespace ?? ''}`],
    ...[
      `kind:${spec.target.kind}`,
      `revision:${spec.target.revision ?? ''}`,
      `environment:${spec.environment}`,
    ],
    `digest:${digest}`,
  ]
  return {
    login_hint: 'alice',
    scope: scopes.join(' '),
    binding_message: 'foo-v2.K7Q-3XP',
    requested_expiry: '120',
    approval_request: `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`,
    approval_digest: digest,
  }
}

async function post(url: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const basic = Buffer.from(
    `${agent.id.replaceAll('-', '%2D')}:${agent.secret.replaceAll('-', '%2D')}`,
  ).toString('base64')
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { authorization: `Basic ${basic}` },
  })
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> }
}

function logTo(lines: LogFields[]) {
  const write = (message: string, fields: LogFields = {}): void => void lines.push({ message, ...fields })
  return { debug: write, info: write, warn: write, error: write }
}
