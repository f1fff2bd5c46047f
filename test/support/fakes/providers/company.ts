/**
 * An OpenID Provider that asks and grants as it should, unless its script says otherwise. Every secret that it handles is
 * marked, so that a test can look for it where it must not be.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { JWTPayload } from 'jose'
import type { Parameters } from '../../../../src/core/action/adjustment.ts'
import { json, text } from '../network/http-answers.ts'
import type { Handler } from '../network/http-answers.ts'
import { startScriptedProvider } from './scripted.ts'
import type { ScriptedProvider } from './scripted.ts'
import { aSigningKey } from '../../builders/signing-key.ts'
import type { SigningKey } from '../../builders/signing-key.ts'

export type CompanyProvider = ScriptedProvider & {
  readonly key: SigningKey
  /** What the client has to know; another one rotates it. */
  clientSecret: string
  /** False while the person makes up her mind. */
  isAnswered: boolean
  /** What single people have said, by their `login_hint`, whatever the others do. */
  readonly decided: Map<string, Handler>
  /** Everything that nobody but the client may see. */
  readonly secrets: Set<string>
  /** Answers of the next backchannel requests; later ones are answered as they should. */
  readonly prompts: (...answers: readonly Handler[]) => void
  /** Answers of the next token requests; later ones are granted. */
  readonly tokens: (...answers: readonly Handler[]) => void
  /** A token response of its own; one `auth_req_id` is granted once (Keycloak CibaGrantType, oidc-provider, Auth0). */
  readonly grant: (change?: Grant) => Handler
  readonly visits: (path: '/backchannel' | '/token' | '/revoke') => readonly Visit[]
}

/** What is different from a proper token response; `undefined` leaves a member out. */
export type Grant = {
  readonly claims?: JWTPayload
  readonly response?: Readonly<Record<string, unknown>>
  readonly sign?: (claims: JWTPayload, clientSecret: string) => string | Promise<string>
  /** `authorization_details`, made of the element that was asked for; without it they are granted as asked. */
  readonly details?: (asked: AskedDetail) => unknown
}

type AskedDetail = Readonly<Record<string, unknown>> & { readonly parameters: Parameters }

/** Times are in milliseconds. */
export type Visit = { readonly form: URLSearchParams; readonly from: number; until: number }

/** Another secret, which is marked as well. */
export function rotateSecret(provider: CompanyProvider): string {
  return (provider.clientSecret = marked('client_secret', provider.secrets))
}

export const clientID = 'agent-release-bot'

export async function startCompanyProvider(
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<CompanyProvider> {
  const scripted = await startScriptedProvider(metadata)
  const key = await aSigningKey('company')
  scripted.publish(key, 'Replace')
  const secrets = new Set<string>()
  const granting = { provider: () => provider, redeemed: new Set<string>() }
  const grant = (change: Grant = {}): Handler => granted(granting, change)
  const hints = new Map<string, string>()
  const decided = new Map<string, Handler>()
  const acknowledge: Handler = (...exchange) => {
    const authReqId = marked('auth_req_id', secrets)
    hints.set(authReqId, provider.visits('/backchannel').at(-1)?.form.get('login_hint') ?? '')
    json(200, { auth_req_id: authReqId, expires_in: 120, interval: 1 })(...exchange)
  }
  const decide: Handler = (...exchange) => {
    const authReqId = provider.visits('/token').at(-1)?.form.get('auth_req_id') ?? ''
    const usual = provider.isAnswered ? grant() : json(400, { error: 'authorization_pending' })
    const answer = decided.get(hints.get(authReqId) ?? '') ?? usual
    answer(...exchange)
  }
  const desks = {
    '/backchannel': { script: [] as Handler[], visits: [] as Visit[], usual: acknowledge },
    '/token': { script: [] as Handler[], visits: [] as Visit[], usual: decide },
    '/revoke': { script: [] as Handler[], visits: [] as Visit[], usual: text(200, '') },
  }
  const provider: CompanyProvider = {
    ...scripted,
    ...{ key, secrets, grant, decided },
    clientSecret: marked('client_secret', secrets),
    isAnswered: true,
    prompts: (...answers) => void desks['/backchannel'].script.push(...answers),
    tokens: (...answers) => void desks['/token'].script.push(...answers),
    visits: (path) => desks[path].visits,
  }
  for (const [path, { script, visits, usual }] of Object.entries(desks)) {
    scripted.routes.set(path, (response, request) => {
      const form = scripted.received.get(path)?.at(-1) ?? new URLSearchParams()
      const visit = { form, from: performance.now(), until: Infinity }
      visits.push(visit)
      response.once('close', () => (visit.until = performance.now()))
      const answer = isClient(request, form, provider.clientSecret)
        ? (script.shift() ?? usual)
        : unknownClient
      answer(response, request)
    })
  }
  return provider
}

/** RFC 6749 §5.2; Keycloak and oidc-provider answer so. */
const unknownClient = json(
  401,
  { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' },
  { 'www-authenticate': 'Basic realm="company"' },
)

/** RFC 6749 §2.3.1. Assertions of `private_key_jwt` are not looked into here. */
function isClient({ headers }: IncomingMessage, form: URLSearchParams, secret: string): boolean {
  if (form.has('client_assertion')) return true
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? []
  const [id, password] = Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent)
  return id === clientID && password === secret
}

type Granting = {
  readonly provider: () => CompanyProvider
  /** Each `auth_req_id` that was granted. */
  readonly redeemed: Set<string>
}

function granted(granting: Granting, { claims, response, sign, details }: Grant): Handler {
  return (...exchange) => {
    const provider = granting.provider()
    const { clientSecret, key, secrets } = provider
    const authReqId = provider.visits('/token').at(-1)?.form.get('auth_req_id') ?? ''
    if (granting.redeemed.has(authReqId)) {
      json(400, { error: 'invalid_grant' })(...exchange)
      return
    }
    granting.redeemed.add(authReqId)
    const accessToken = marked('access_token', secrets)
    const payload = { ...usualClaims(provider.issuer, accessToken), ...claims }
    void Promise.resolve(sign?.(payload, clientSecret) ?? key.sign(payload)).then((idToken) => {
      secrets.add(idToken)
      const body = {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 300,
        refresh_token: marked('refresh_token', secrets),
        id_token: idToken,
        ...grantedDetails(provider, details),
        ...response,
      }
      json(200, body)(...exchange)
    })
  }
}

function grantedDetails(
  { visits }: CompanyProvider,
  details: Grant['details'] = (asked) => [asked],
): { readonly authorization_details?: unknown } {
  const asked = visits('/backchannel').at(-1)?.form.get('authorization_details')
  if (typeof asked !== 'string') return {}
  const [detail] = JSON.parse(asked) as readonly [AskedDetail]
  return { authorization_details: details(detail) }
}

function usualClaims(issuer: string, accessToken: string): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  // OpenID Connect Core §3.1.3.6, for a signature by ES256.
  const at_hash = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
  return { iss: issuer, sub: 'alice', aud: clientID, iat: now, exp: now + 300, auth_time: now, at_hash }
}

function marked(what: string, secrets: Set<string>): string {
  const secret = `marked-${what}-${randomBytes(16).toString('hex')}`
  secrets.add(secret)
  return secret
}
