/**
 * Between the backchannel endpoint and the token endpoint: the prompt goes to the authentication channel, and the answer
 * comes back to the callback. The contract is Keycloak's, so one inbox serves both:
 *
 *   POST <channel>    Authorization: Bearer <JWT of the provider for itself>, the prompt as JSON  ─▶ 201
 *   POST <callback>   the same bearer, {"status": "SUCCEED" | "UNAUTHORIZED" | "CANCELLED"}       ─▶ 200, once
 *   POST <notification_endpoint>   then, if the client has one: see ping.ts
 *
 * Beyond Keycloak's, a prompt may carry `authorization_details`; with SUCCEED the callback may bring them back with other
 * values of their parameters, and that is what is granted then. Without them what was asked is granted.
 */
import { createHash, randomBytes } from 'node:crypto'
import { errors } from 'oidc-provider'
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { approvalDigestParameter, approvalRequestParameter } from '../api/names.ts'
import { actionDetailIn, detailsIn, grantedDetailIn } from './action-details.ts'
import type { ActionDetail } from './action-details.ts'
import type { SigningKey } from './keys.ts'
import type { Report } from './log.ts'
import { isWanted } from './interaction.ts'
import { anyLogin, twoFactors } from './passwords.ts'
import type { Passwords } from './passwords.ts'
import { PingError } from './ping.ts'

/** Where prompts go, what signs their bearer, and who logged in when. */
export type BackchannelParts = {
  readonly issuer: string
  /** Where prompts go at the moment. */
  readonly channelUri: () => string
  readonly key: SigningKey
  readonly passwords: Passwords
  readonly report: Report
}

type BackchannelRequest = InstanceType<Provider['BackchannelAuthenticationRequest']>
type Shown = {
  readonly id: string
  readonly shownAt: Date
  readonly expiresAtMs: number
  readonly isPinged: boolean
}

/** The callback's body, as it came. */
export type ChannelAnswer = { readonly status?: unknown; readonly authorization_details?: unknown }

/** What comes of a callback. `Used` covers unknown and expired bearers too. */
export type Callback = 'Taken' | 'Used' | 'Malformed'

/** The way of a prompt to the authentication channel, and of the answer back. */
export type Backchannel = {
  /** For `features.ciba.triggerAuthenticationDevice`; a prompt that could not be shown fails the request with 503. */
  trigger(ctx: KoaContextWithOIDC, request: BackchannelRequest, client: Client): Promise<void>
  /** What the channel answered. Each bearer counts once, whatever comes of it. */
  callBack(provider: Provider, bearer: string, answer: ChannelAnswer): Promise<Callback>
}

const channelTimeoutMs = 10_000

/** Prompts that wait for an answer are kept in memory, by the hash of their bearer; a restart forgets them. */
export function createBackchannel(parts: BackchannelParts): Backchannel {
  /** By the bearer's hash, so that looking one up says nothing about another. */
  const shown = new Map<string, Shown>()

  return {
    async trigger(ctx, request, client) {
      const lifeSeconds = request.expiration
      const bearer = await bearerFor({ request, client, lifeSeconds }, parts)
      for (const [hash, { expiresAtMs }] of shown) if (expiresAtMs <= Date.now()) shown.delete(hash)
      shown.set(hashOf(bearer), {
        id: request.jti,
        shownAt: new Date(),
        expiresAtMs: Date.now() + lifeSeconds * 1000,
        isPinged: client.backchannelTokenDeliveryMode === 'ping',
      })
      if (await show(ctx, bearer, parts.channelUri())) {
        parts.report({ event: 'PromptShown', client: client.clientId, ...describe(ctx.oidc.params ?? {}) })
        return
      }
      shown.delete(hashOf(bearer))
      await request.destroy()
      throw new errors.OIDCProviderError(503, 'server_error')
    },

    async callBack(provider, bearer, answer) {
      const entry = shown.get(hashOf(bearer))
      shown.delete(hashOf(bearer))
      const request = entry && (await provider.BackchannelAuthenticationRequest.find(entry.id))
      if (entry === undefined || request === undefined || entry.expiresAtMs <= Date.now()) return 'Used'
      const { status } = answer
      if (status !== 'SUCCEED' && status !== 'UNAUTHORIZED' && status !== 'CANCELLED') return 'Malformed'
      const granted = status === 'SUCCEED' ? grantedDetails(request, answer) : undefined
      if (granted === 'Malformed') return 'Malformed'
      const { approvalRequest } = describe(request.params ?? {})
      parts.report({ event: 'PromptAnswered', status, approvalRequest })
      const answered =
        granted === undefined
          ? provider.backchannelResult(request, new errors.AccessDenied())
          : approve(provider, request, { ...evidence(entry, request, parts.passwords), ...granted })
      const ping = { client: request.clientId ?? '', approvalRequest }
      const failure = await failureOfPing(answered)
      if (failure !== undefined) parts.report({ event: 'PingFailed', ...ping, error: failure.message })
      else if (entry.isPinged) parts.report({ event: 'PingSent', ...ping })
      return 'Taken'
    },
  }
}

/**
 * A person's answer stands once it is saved, and the client comes for it without a ping too. Keycloak answers the channel with
 * 400 then, so that people read that an answer failed although it counts.
 */
async function failureOfPing(answered: Promise<void>): Promise<PingError | undefined> {
  try {
    await answered
    return undefined
  } catch (error) {
    if (error instanceof PingError) return error
    throw error
  }
}

/** For oidc-provider, which keeps them with the request and puts them into token response and access token. */
type GrantedDetails = { readonly rar?: ActionDetail[] }

function grantedDetails(request: BackchannelRequest, answer: ChannelAnswer): GrantedDetails | 'Malformed' {
  const asked = actionDetailIn(detailsIn(request.params))
  const { authorization_details: chosen } = answer
  if (chosen === undefined) return asked === undefined ? {} : { rar: [asked] }
  const granted = asked && grantedDetailIn(chosen, asked)
  return granted === undefined ? 'Malformed' : { rar: [granted] }
}

/** What the person really did for this answer; who has not logged in since the provider started has no `auth_time`. */
type Evidence = { readonly acr: string; readonly amr: string[]; readonly authTime?: number }
type Approval = Evidence & GrantedDetails

function evidence(
  { shownAt }: Shown,
  { accountId = '', params }: BackchannelRequest,
  passwords: Passwords,
): Evidence {
  const login = passwords.lastLogin(accountId)
  const isStrong = login?.amr.includes('otp') === true && isWanted(twoFactors, params ?? {})
  const isForThis = login !== undefined && login.at >= shownAt
  return {
    acr: isStrong ? twoFactors : anyLogin,
    amr: [...(isForThis || isStrong ? login.amr : []), 'ciba', 'user_approval'],
    ...(login !== undefined && { authTime: Math.floor(login.at.getTime() / 1000) }),
  }
}

async function approve(
  provider: Provider,
  request: BackchannelRequest,
  { acr, amr, authTime, rar }: Approval,
): Promise<void> {
  const grant = new provider.Grant({ accountId: request.accountId, clientId: request.clientId })
  const scopes = request.scope ?? ''
  grant.addOIDCScope(scopes)
  for (const resource of [request.resource ?? []].flat()) grant.addResourceScope(resource, scopes)
  // backchannelResult refers to the grant by its id only.
  await grant.save()
  await provider.backchannelResult(request, grant, {
    acr,
    amr,
    ...(authTime !== undefined && { authTime }),
    ...(rar !== undefined && { rar }),
  })
}

type Bearer = { readonly request: BackchannelRequest; readonly client: Client; readonly lifeSeconds: number }

function bearerFor(
  { request, client, lifeSeconds }: Bearer,
  { issuer, key }: BackchannelParts,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return key.sign({
    iss: issuer,
    aud: issuer,
    azp: client.clientId,
    sub: request.accountId ?? '',
    jti: randomBytes(32).toString('base64url'),
    iat: now,
    exp: now + lifeSeconds,
  })
}

async function show(ctx: KoaContextWithOIDC, bearer: string, channelUri: string): Promise<boolean> {
  const { params = {} } = ctx.oidc
  const prompt = {
    login_hint: params.login_hint,
    scope: params.scope,
    binding_message: params.binding_message,
    acr_values: params.acr_values,
    is_consent_required: false,
    authorization_details: detailsIn(params),
    [approvalRequestParameter]: params[approvalRequestParameter],
    [approvalDigestParameter]: params[approvalDigestParameter],
  }
  try {
    const response = await fetch(channelUri, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(prompt),
      redirect: 'manual',
      signal: AbortSignal.timeout(channelTimeoutMs),
    })
    await response.body?.cancel()
    return response.status === 201
  } catch {
    // Refused, reset, too slow: in each case the provider cannot say that the person was asked.
    return false
  }
}

function describe(params: Readonly<Record<string, unknown>>): {
  readonly loginHint: string
  readonly bindingMessage: string | undefined
  readonly approvalRequest: string | undefined
} {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return {
    loginHint: text(params.login_hint) ?? '',
    bindingMessage: text(params.binding_message),
    approvalRequest: text(params[approvalRequestParameter]),
  }
}

function hashOf(bearer: string): string {
  return createHash('sha256').update(bearer).digest('hex')
}
