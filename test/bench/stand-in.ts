/**
 * Stands in for an OpenID Provider where ten thousand prompts would be too much for the embedded one: it acknowledges every
 * prompt, answers `authorization_pending` until it is told to grant, and notes how late each token request comes.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { aSigningKey } from '../support/builders/signing-key.ts'
import type { SigningKey } from '../support/builders/signing-key.ts'

export type StandIn = {
  readonly issuer: string
  readonly clientSecret: string
  prompts(): number
  tokenRequests(): number
  /** Milliseconds by which token requests came later than one interval after the answer before; then begins anew. */
  takeLateness(): number[]
  /** Resolves once every prompt has had another token request. */
  everyoneAsked(): Promise<void>
  close(): Promise<void>
}

export type StandInOptions = {
  readonly intervalSeconds: number
  readonly answer: 'Pending' | 'Grant'
}

export const clientID = 'bench'
const lifeSeconds = 3600

type State = StandInOptions & {
  issuer: string
  readonly key: SigningKey
  /** `auth_req_id` → whom it asks and when its next token request is due. */
  readonly prompts: Map<string, Prompt>
  lateness: number[]
  tokenRequests: number
  /** Prompts whose next token request is awaited. */
  unasked: Set<Prompt>
  onEveryoneAsked: () => void
}

type Prompt = { readonly hint: string; dueMs: number }

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const state: State = {
    ...options,
    issuer: '',
    key: await aSigningKey('bench'),
    prompts: new Map(),
    lateness: [],
    tokenRequests: 0,
    unasked: new Set(),
    onEveryoneAsked: () => undefined,
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void route(state, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve))
  state.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer: state.issuer,
    clientSecret: 'a-secret-of-the-bench',
    prompts: () => state.prompts.size,
    tokenRequests: () => state.tokenRequests,
    takeLateness: () => {
      const taken = state.lateness
      state.lateness = []
      return taken
    },
    everyoneAsked: () =>
      new Promise((resolve) => {
        state.onEveryoneAsked = resolve
        state.unasked = new Set(state.prompts.values())
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Answer = { readonly status: number; readonly body: unknown }

async function route(state: State, request: IncomingMessage): Promise<Answer> {
  switch (request.url) {
    case '/.well-known/openid-configuration':
      return { status: 200, body: metadata(state.issuer) }
    case '/jwks':
      return { status: 200, body: { keys: [state.key.publicJwk] } }
    case '/backchannel':
      return acknowledge(state, await formOf(request))
    case '/token':
      return answerToken(state, await formOf(request))
    default:
      return { status: 404, body: {} }
  }
}

function metadata(issuer: string): unknown {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    backchannel_authentication_endpoint: `${issuer}/backchannel`,
    backchannel_token_delivery_modes_supported: ['poll'],
  }
}

function acknowledge(state: State, form: URLSearchParams): Answer {
  const authReqId = randomBytes(24).toString('base64url')
  const dueMs = performance.now() + state.intervalSeconds * 1000
  state.prompts.set(authReqId, { hint: form.get('login_hint') ?? '', dueMs })
  const body = { auth_req_id: authReqId, expires_in: lifeSeconds, interval: state.intervalSeconds }
  return { status: 200, body }
}

async function answerToken(state: State, form: URLSearchParams): Promise<Answer> {
  const prompt = state.prompts.get(form.get('auth_req_id') ?? '')
  if (prompt === undefined) return { status: 400, body: { error: 'invalid_grant' } }
  const now = performance.now()
  state.tokenRequests += 1
  state.lateness.push(now - prompt.dueMs)
  if (state.unasked.delete(prompt) && state.unasked.size === 0) state.onEveryoneAsked()
  prompt.dueMs = now + state.intervalSeconds * 1000
  if (state.answer === 'Pending') return { status: 400, body: { error: 'authorization_pending' } }
  return { status: 200, body: await grant(state, prompt.hint) }
}

async function grant({ issuer, key }: State, subject: string): Promise<unknown> {
  const now = Math.floor(Date.now() / 1000)
  const accessToken = randomBytes(32).toString('base64url')
  // OpenID Connect Core §3.1.3.6, for a signature by ES256.
  const at_hash = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
  const claims = {
    iss: issuer,
    sub: subject,
    aud: clientID,
    iat: now,
    exp: now + 300,
    auth_time: now,
    at_hash,
  }
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 300,
    id_token: await key.sign(claims),
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return new URLSearchParams(body)
}
