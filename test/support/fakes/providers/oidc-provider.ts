/** A small oidc-provider with CIBA in this process: the real thing that the contract of `src/oidc` is held against. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { errors } from 'oidc-provider'
import type { ClientMetadata, Configuration, JWKS } from 'oidc-provider'

type ShownPrompt = {
  readonly authReqId: string
  readonly accountId: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export type TestProvider = {
  readonly issuer: string
  readonly clientID: string
  readonly clientSecret: string
  readonly redirectUri: string
  /** Every prompt a person has seen, in order. */
  readonly prompts: readonly ShownPrompt[]
  /** The clients whose access tokens have been revoked, in order. */
  readonly revocations: readonly string[]
  approve(authReqId: string): Promise<void>
  deny(authReqId: string): Promise<void>
  close(): Promise<void>
}

const clientID = 'agent-release-bot'
// Every character that Basic has to encode (RFC 6749 §2.3.1).
const clientSecret = "s-e_c.r!e~t*'(with) :+&%/="
const redirectUri = 'http://127.0.0.1:9/callback'
const people = ['alice', 'bob']

export async function startOidcProvider(overrides: Partial<Configuration> = {}): Promise<TestProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const prompts: ShownPrompt[] = []
  const provider = new Provider(issuer, { ...(await configuration(prompts)), ...overrides })
  const revocations: string[] = []
  provider.on('access_token.destroyed', ({ clientId }) => revocations.push(clientId ?? ''))
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') === true) void logIn(provider, request, response)
    else void handle(request, response)
  })
  return {
    ...{ issuer, clientID, clientSecret, redirectUri, prompts, revocations },
    approve: (authReqId) => approve(provider, authReqId),
    deny: (authReqId) => provider.backchannelResult(authReqId, new errors.AccessDenied('not now')),
    close: () => close(server),
  }
}

async function configuration(prompts: ShownPrompt[]): Promise<Configuration> {
  const jwks: JWKS = { keys: [await signingKey('es', 'ES256'), await signingKey('rs', 'RS256')] }
  return {
    jwks,
    clients: [
      {
        ...aCibaClient({ client_id: clientID, client_secret: clientSecret }),
        grant_types: ['urn:openid:params:grant-type:ciba', 'authorization_code'],
        redirect_uris: [redirectUri],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    scopes: ['openid', 'offline_access', 'action:promote-rollout'],
    extraParams: { approval_request: null, approval_digest: null },
    findAccount: (_context, accountId) =>
      people.includes(accountId)
        ? {
            accountId,
            claims: () => ({ sub: accountId, name: `${accountId} A.`, preferred_username: accountId }),
          }
        : undefined,
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['test'] },
    ttl: {
      BackchannelAuthenticationRequest: ({ oidc }) => Number(oidc.params?.requested_expiry ?? 600),
      ...{
        Grant: 600,
        Session: 600,
        Interaction: 600,
        AccessToken: 300,
        IdToken: 300,
        AuthorizationCode: 60,
      },
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      ciba: {
        enabled: true,
        deliveryModes: ['poll'],
        processLoginHint: (_context, hint) => hint,
        processLoginHintToken: () => undefined,
        validateRequestContext: () => undefined,
        verifyUserCode: () => undefined,
        triggerAuthenticationDevice: (_context, request, account) => {
          prompts.push({
            authReqId: request.jti,
            accountId: account.accountId,
            parameters: { ...request.params },
          })
        },
      },
    },
  }
}

/** A client for `clients` of the overrides, by default with client_secret_basic. */
export function aCibaClient(metadata: ClientMetadata): ClientMetadata {
  return {
    grant_types: ['urn:openid:params:grant-type:ciba'],
    redirect_uris: [],
    response_types: [],
    backchannel_token_delivery_mode: 'poll',
    id_token_signed_response_alg: 'ES256',
    token_endpoint_auth_method: 'client_secret_basic',
    ...metadata,
  }
}

async function signingKey(kid: string, alg: 'ES256' | 'RS256'): Promise<JWKS['keys'][number]> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

async function approve(provider: Provider, authReqId: string): Promise<void> {
  const request = await provider.BackchannelAuthenticationRequest.find(authReqId)
  if (request?.accountId === undefined) throw new Error('no such prompt')
  const grant = new provider.Grant({ accountId: request.accountId, clientId: request.clientId ?? '' })
  grant.addOIDCScope(String(request.params?.scope))
  await grant.save()
  const authTime = Math.floor(Date.now() / 1000)
  await provider.backchannelResult(request, grant, { acr: 'ciba', amr: ['pwd', 'user_approval'], authTime })
}

/** Alice logs in and consents without a word. */
async function logIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'alice' } })
    return
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: clientID })
  grant.addOIDCScope('openid profile')
  const consent = { grantId: await grant.save() }
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
