/** The provider's own description of itself (OpenID Connect Discovery §4, CIBA Core §4), checked before anything is sent. */
import { allowInsecureRequests, ClientError, customFetch, discovery } from 'openid-client'
import type { ServerMetadata } from 'openid-client'
import { isObject } from '../../core/json-object.ts'
import type { Connected } from '../../core/ports/provider.ts'
import { defaultLimits, NoAnswerError } from '../http/bounded-fetch.ts'
import type { BoundedFetch } from '../http/bounded-fetch.ts'
import { named } from './quotable.ts'

export const cibaGrant = 'urn:openid:params:grant-type:ciba'

/** Where to look, and with what leniency. */
export type Issuer = { readonly issuer: string; readonly allowInsecureHTTP: boolean }

export type ProviderMetadata = ServerMetadata & { readonly token_endpoint: string; readonly jwks_uri: string }
export type Discovered =
  | { readonly kind: 'Discovered'; readonly metadata: ProviderMetadata }
  | Extract<Connected, { kind: 'NotReady' }>

/** Answers metadata whose issuer is exactly the one asked for and whose endpoints may all be spoken to. */
export async function discover(
  provider: Issuer,
  fetch: BoundedFetch,
  timeoutSeconds = defaultLimits.metadataSeconds,
): Promise<Discovered> {
  if (!mayBeContacted(provider.issuer, provider)) return failed(`issuer ${provider.issuer} ${notHttps}`)
  try {
    // Discovery involves no client; the library asks for a client_id all the same.
    const found = await discovery(new URL(provider.issuer), 'countersign', undefined, undefined, {
      [customFetch]: fetch,
      timeout: timeoutSeconds,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; loopback only
      ...(provider.allowInsecureHTTP && { execute: [allowInsecureRequests] }),
    })
    return checked(found.serverMetadata(), provider)
  } catch (error) {
    if (isAboutIssuer(error)) return anotherIssuer(provider, statedIn(error.cause))
    return failed(`reading ${wellKnown(provider.issuer)} failed: ${explain(error)}`)
  }
}

const notHttps = 'is not an https URL; allowInsecureHTTP admits http on loopback only'

function checked(metadata: ServerMetadata, provider: Issuer): Discovered {
  const source = `the metadata at ${wellKnown(provider.issuer)}`
  if (metadata.issuer !== provider.issuer) return anotherIssuer(provider, metadata.issuer)
  const unfit = endpoints.find(
    (name) => metadata[name] !== undefined && !mayBeContacted(metadata[name], provider),
  )
  if (unfit !== undefined) return failed(`the ${unfit} in ${source} ${notHttps}`)
  const { token_endpoint, jwks_uri } = metadata
  if (token_endpoint === undefined || jwks_uri === undefined)
    return failed(
      `${source} lacks token_endpoint or jwks_uri, so this is no OpenID Provider that can be used`,
    )
  return { kind: 'Discovered', metadata: { ...metadata, token_endpoint, jwks_uri } }
}

const endpoints = [
  'token_endpoint',
  'jwks_uri',
  'backchannel_authentication_endpoint',
  'revocation_endpoint',
  'authorization_endpoint',
] as const

function mayBeContacted(endpoint: unknown, { allowInsecureHTTP }: Issuer): boolean {
  const url = typeof endpoint === 'string' ? URL.parse(endpoint) : null
  if (url?.protocol === 'https:') return true
  return allowInsecureHTTP && url?.protocol === 'http:' && isLoopback(url.hostname)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** The library compares as well, but takes two spellings of one URL for the same. */
function isAboutIssuer(error: unknown): error is ClientError {
  return error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'
}

/** The issuer that the library found in the metadata. */
function statedIn(compared: unknown): unknown {
  return isObject(compared) && isObject(compared.body) ? compared.body.issuer : undefined
}

function anotherIssuer({ issuer }: Issuer, stated: unknown): Discovered {
  return {
    ...failed(`the metadata at ${wellKnown(issuer)} states the issuer ${shownIssuer(stated)}, not ${issuer}`),
    remedy: 'Set spec.issuer exactly to what the provider states, or correct it at the provider.',
  }
}

const longestIssuer = 256

/** As the provider wrote it, but for what would not be a URL: bounded, and printable ASCII only. */
function shownIssuer(stated: unknown): string {
  if (typeof stated !== 'string' || stated === '') return '(none)'
  return `${named(stated, longestIssuer)}${stated.length > longestIssuer ? '…' : ''}`
}

/** For metadata with a member of that name that is no list of texts, as it has to be. */
export function malformed({ issuer }: Pick<Issuer, 'issuer'>, member: string): NotReady {
  return failed(`the ${member} in the metadata at ${wellKnown(issuer)} is no list of texts`)
}

type NotReady = Extract<Connected, { kind: 'NotReady' }>

function failed(message: string): NotReady {
  return { kind: 'NotReady', reason: 'DiscoveryFailed', message }
}

function wellKnown(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Never what the provider sent. */
function explain(error: unknown): string {
  const cause = error instanceof ClientError ? error.cause : error
  if (cause instanceof NoAnswerError) return cause.message
  if (cause instanceof Response)
    return `HTTP ${cause.status}, ${cause.headers.get('content-type') ?? 'no content type'}`
  return 'it is not valid provider metadata'
}
