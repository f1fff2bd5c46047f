/** The provider's own description of itself (OpenID Connect Discovery §4, CIBA Core §4), checked before anything is sent. */
import { allowInsecureRequests, ClientError, customFetch, discovery } from 'openid-client'
import type { ServerMetadata } from 'openid-client'
import { isObject } from '../../core/json-object.ts'
import type { Connected } from '../../core/ports/provider.ts'
import { mayBeContacted } from '../../core/provider/address.ts'
import { defaultLimits, NoAnswerError } from '../http/bounded-fetch.ts'
import type { BoundedFetch } from '../http/bounded-fetch.ts'
import { named } from './quotable.ts'

/** Which provider to read, and whether it may use http on loopback. */
export type Issuer = { readonly issuer: string; readonly allowInsecureHTTP: boolean }

/** Metadata with the two members without which nothing works. */
export type ProviderMetadata = ServerMetadata & { readonly token_endpoint: string; readonly jwks_uri: string }
/** The metadata of a provider, or why it cannot be used. */
export type Discovered =
  | { readonly kind: 'Discovered'; readonly metadata: ProviderMetadata }
  | Extract<Connected, { kind: 'NotReady' }>

/**
 * Reads the metadata, and takes it only if its issuer is exactly the one asked for and all endpoints are https (or http on
 * loopback where allowed). Never throws.
 */
export async function discover(
  provider: Issuer,
  fetch: BoundedFetch,
  timeoutSeconds = defaultLimits.metadataSeconds,
): Promise<Discovered> {
  if (!mayBeContacted(provider.issuer, provider))
    return failed(
      `issuer ${provider.issuer} ${notHttps}`,
      'Set spec.issuer to the https address that the provider states.',
    )
  try {
    // Discovery involves no client; the library asks for a client_id all the same.
    const found = await discovery(new URL(provider.issuer), 'countersign', undefined, undefined, {
      [customFetch]: fetch,
      timeout: timeoutSeconds,
      ...(provider.allowInsecureHTTP && { execute: [allowInsecureRequests] }),
    })
    return checked(found.serverMetadata(), provider)
  } catch (error) {
    if (isNoURL(error)) return anotherIssuer(provider, error.input)
    if (isAboutIssuer(error)) return anotherIssuer(provider, statedIn(error.cause))
    return unreadable(`reading ${wellKnown(provider.issuer)} failed`, error)
  }
}

const notHttps = 'is not an https URL; allowInsecureHTTP admits http on loopback only'

function checked(metadata: ServerMetadata, provider: Issuer): Discovered {
  const source = `the metadata at ${wellKnown(provider.issuer)}`
  if (metadata.issuer !== provider.issuer) return anotherIssuer(provider, metadata.issuer)
  for (const name of endpoints) {
    const fault = metadata[name] === undefined ? undefined : addressFault(metadata[name], provider)
    if (fault !== undefined) return failed(`the ${name} in ${source} ${fault}`, correctMetadata)
  }
  const { token_endpoint, jwks_uri } = metadata
  const missing = (['token_endpoint', 'jwks_uri'] as const).filter((name) => metadata[name] === undefined)
  if (token_endpoint === undefined || jwks_uri === undefined)
    return failed(
      `${source} lacks ${missing.join(' and ')}`,
      'Set spec.issuer to an OpenID Provider, or correct the metadata at the provider.',
    )
  return { kind: 'Discovered', metadata: { ...metadata, token_endpoint, jwks_uri } }
}

const correctMetadata = 'Correct the metadata at the provider.'

const endpoints = [
  'token_endpoint',
  'jwks_uri',
  'backchannel_authentication_endpoint',
  'revocation_endpoint',
  'authorization_endpoint',
] as const

/** Why nothing is sent to what the provider states as an address; undefined where it may be. */
function addressFault(stated: unknown, provider: Issuer): string | undefined {
  if (mayBeContacted(stated, provider)) return undefined
  if (typeof stated !== 'string') return `is ${kindOf(stated)}, and has to be an address`
  return URL.canParse(stated) ? notHttps : 'is not a URL'
}

/** What a member of JSON is, in words. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The library compares as well, but takes two spellings of one URL for the same. */
function isAboutIssuer(error: unknown): error is ClientError {
  return error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'
}

/** The library reads the stated issuer as a URL. */
function isNoURL(error: unknown): error is TypeError & { readonly input: unknown } {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL' && 'input' in error
}

/** The issuer that the library found in the metadata. */
function statedIn(compared: unknown): unknown {
  return isObject(compared) && isObject(compared.body) ? compared.body.issuer : undefined
}

function anotherIssuer({ issuer }: Issuer, stated: unknown): Discovered {
  return failed(
    `the metadata at ${wellKnown(issuer)} states the issuer ${shownIssuer(stated)}, not ${issuer}`,
    'Set spec.issuer exactly to what the provider states, or correct it at the provider.',
  )
}

const longestIssuer = 256

/** As the provider wrote it, but for what would not be a URL: bounded, and printable ASCII only. */
function shownIssuer(stated: unknown): string {
  if (typeof stated !== 'string' || stated === '') return '(none)'
  return `${named(stated, longestIssuer)}${stated.length > longestIssuer ? '…' : ''}`
}

/** The fault of metadata with a member of that name that is no list of texts, as it has to be. */
export function malformed({ issuer }: Pick<Issuer, 'issuer'>, member: string): NotReady {
  return failed(
    `the ${member} in the metadata at ${wellKnown(issuer)} is not a list of texts`,
    correctMetadata,
  )
}

type NotReady = Extract<Connected, { kind: 'NotReady' }>

function failed(message: string, remedy: string): NotReady {
  return { kind: 'NotReady', reason: 'DiscoveryFailed', message, remedy }
}

function wellKnown(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Of a request for metadata or keys. @param what failed, such as `reading https://… failed` */
function unreadable(what: string, error: unknown): NotReady {
  const cause = error instanceof ClientError ? error.cause : error
  if (cause instanceof NoAnswerError) return failed(`${what}: ${cause.message}`, reachIt)
  if (cause instanceof Response) return failed(`${what}: ${answerInWords(cause)}`, remedyFor(cause))
  return failed(`${what}: ${malformedAnswer(error)}`, correctMetadata)
}

/** What to do where no connection or no answer came about. */
export const reachIt =
  'Let the operator reach it: network policies, proxy, DNS, spec.caBundle. It is tried again automatically.'

/** `HTTP 503, text/html`: never what the provider sent besides. */
export function answerInWords({ status, headers }: Pick<Response, 'status' | 'headers'>): string {
  return `HTTP ${status}, ${named(headers.get('content-type') ?? 'no', longestType)}${headers.has('content-type') ? '' : ' content type'}`
}

const longestType = 60

function remedyFor({ status }: Response): string {
  return status >= 500 || status === 429
    ? 'Let the provider answer there. It is tried again automatically.'
    : 'Set spec.issuer to what the provider states, or let it publish its metadata there. It is tried again automatically.'
}

/** JSON is expected, with an issuer in it. Never what the provider sent. */
function malformedAnswer(error: unknown): string {
  const { code, cause } = error instanceof ClientError ? error : {}
  if (code === 'OAUTH_PARSE_ERROR') return 'its answer is not JSON'
  const refused = cause instanceof Error ? cause.cause : undefined
  if (!isObject(refused) || !('body' in refused)) return 'its answer is not valid metadata'
  const { body } = refused
  if (!isObject(body)) return `its answer is ${kindOf(body)}, and has to be an object`
  if (body.issuer === undefined) return 'its answer has no issuer'
  return body.issuer === ''
    ? 'its issuer is empty'
    : `its issuer is ${kindOf(body.issuer)}, and has to be a text`
}
