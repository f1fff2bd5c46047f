/**
 * Does what a provider says of itself fit an IdentityProvider and its client? Compared before anyone is prompted. What the
 * metadata leaves out is unknown and no obstacle: the defaults of OpenID Connect Discovery §3 say little about CIBA.
 *
 * Deliberately not compared: `scopes_supported`, since a provider need not list all of its scopes (Discovery §3), and
 * `backchannel_user_code_parameter_supported`, since the client's registration decides whether a user code is wanted.
 */
import type { JWK } from 'jose'
import type { ServerMetadata } from 'openid-client'
import type { IdentityProviderSpec } from '../../api/objects.ts'
import { actionDetailType } from '../../api/names.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Mismatch } from '../../core/ports/provider.ts'
import { acceptedAlgorithms, signatureAlgorithms } from '../../core/provider/algorithms.ts'
import { signsAssertions } from '../../core/provider/client-credential.ts'
import { habitsOf } from '../../core/provider/profile.ts'
import { named } from './quotable.ts'
import { isUsableFor } from './usable-key.ts'

/** What a provider publishes: its metadata, and the keys of its JWKS. */
export type Published = { readonly metadata: ServerMetadata; readonly keys: readonly JWK[] }

const lists = [
  'grant_types_supported',
  'backchannel_token_delivery_modes_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'authorization_details_types_supported',
] as const
type List = (typeof lists)[number]

/** The name of the first member that is compared and is no list of texts: what is malformed is not absent. */
export function malformedListIn(metadata: ServerMetadata): List | undefined {
  return lists.find((name) => metadata[name] !== undefined && listIn(metadata, name) === undefined)
}

/** The members that the metadata does not have although they would be compared. */
export function unlistedIn(metadata: ServerMetadata, spec: IdentityProviderSpec): readonly string[] {
  const signs = spec.clients.some(signsAssertions)
  const asksDetails = habitsOf(spec).authorizationDetails === 'Supported'
  return lists.filter(
    (name) =>
      metadata[name] === undefined &&
      (name !== 'token_endpoint_auth_signing_alg_values_supported' || signs) &&
      (name !== 'authorization_details_types_supported' || asksDetails),
  )
}

/** Reads one list of the metadata. @returns undefined where the metadata does not have it, or it is no list of texts */
export function listIn(metadata: ServerMetadata, name: List): readonly string[] | undefined {
  const list: unknown = metadata[name]
  return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
}

/** `acr_values_supported`, which only some policies need: what cannot be read is unknown here, and no obstacle to the others. */
export function acrValuesOf({ acr_values_supported: listed }: ServerMetadata): {
  readonly acrValues?: readonly string[]
} {
  const list: unknown = listed
  return Array.isArray(list) && list.every((item) => typeof item === 'string') ? { acrValues: list } : {}
}

/**
 * Why answers of this provider could not be verified, or what is asked for could not be granted; undefined if nothing speaks
 * against it.
 */
export function providerMismatch(
  { metadata, keys }: Published,
  spec: IdentityProviderSpec,
): Mismatch | undefined {
  const allowed = habitsOf(spec).algorithms
  const listed = listIn(metadata, 'id_token_signing_alg_values_supported')
  const accepted = acceptedAlgorithms(allowed, listed)
  if (accepted.length === 0) return noAlgorithm(allowed, listed ?? [])
  if (!keys.some((key) => accepted.some((algorithm) => isUsableFor(key, algorithm))))
    return mismatch(
      'SigningKeyNotFound',
      `the provider's jwks_uri publishes no key that verifies ${listed === undefined ? 'one of ' : ''}${said(accepted)}`,
    )
  return detailsMismatch(metadata, spec)
}

function noAlgorithm(allowed: readonly string[], listed: readonly string[]): Mismatch {
  const usable = listed.filter((algorithm) => signatureAlgorithms.includes(algorithm))
  const fix =
    usable.length === 0
      ? 'Let the provider sign with one of those.'
      : `Add ${said(usable)} to spec.token.algorithms, or change how the provider signs ID tokens.`
  return {
    ...mismatch(
      'AlgorithmNotSupported',
      listed.length === 0
        ? `the provider lists no algorithm for ID tokens (id_token_signing_alg_values_supported is empty), and spec.token.algorithms allows ${said(allowed)}`
        : `the provider signs ID tokens with ${said(listed)} (id_token_signing_alg_values_supported), and spec.token.algorithms allows ${said(allowed)}`,
    ),
    remedy: `${fix} Requests wait and resume automatically.`,
  }
}

function detailsMismatch(metadata: ServerMetadata, spec: IdentityProviderSpec): Mismatch | undefined {
  if (habitsOf(spec).authorizationDetails !== 'Supported') return undefined
  const listed = listIn(metadata, 'authorization_details_types_supported')
  if (listed === undefined || listed.includes(actionDetailType)) return undefined
  return mismatch(
    'AuthorizationDetailsNotSupported',
    listed.length === 0
      ? `spec.authorizationDetails is Supported, but the provider lists no types (authorization_details_types_supported is empty)`
      : `spec.authorizationDetails is Supported, but the provider lists ${said(listed)}, and not ${actionDetailType} (authorization_details_types_supported)`,
  )
}

/** A client's way to authenticate: the method and, where it signs, the algorithm of its key. */
export type Proof = {
  readonly clientID: string
  readonly method: Client['authentication']['method']
  readonly algorithm?: string | undefined
}

/**
 * Why the provider would not take this client authentication (CIBA Core §7.1: one method at both endpoints); undefined if
 * nothing speaks against it.
 */
export function clientMismatch(
  metadata: ServerMetadata,
  { clientID, method, algorithm }: Proof,
): Mismatch | undefined {
  const methods = listIn(metadata, 'token_endpoint_auth_methods_supported')
  if (methods !== undefined && !methods.includes(method))
    return mismatch(
      'ClientAuthenticationNotSupported',
      `client ${clientID} proves itself by ${method}, and ${takes(methods, 'token_endpoint_auth_methods_supported')}`,
    )
  const algorithms = listIn(metadata, 'token_endpoint_auth_signing_alg_values_supported')
  if (algorithm === undefined || algorithms === undefined) return undefined
  if (acceptedAlgorithms([algorithm], algorithms).length > 0) return undefined
  return mismatch(
    'ClientAuthenticationNotSupported',
    `client ${clientID} signs its assertions with ${algorithm}, and ${takes(algorithms, 'token_endpoint_auth_signing_alg_values_supported')}`,
  )
}

function takes(listed: readonly string[], name: List): string {
  return listed.length === 0
    ? `the provider lists nothing that it takes (${name} is empty)`
    : `the provider takes ${said(listed)} (${name})`
}

const mostSaid = 12

/** A list of a provider, fit for a sentence: bounded, and printable ASCII only. */
function said(names: readonly string[]): string {
  const clean = names.slice(0, mostSaid).map((name) => named(name, 40))
  return `${clean.join(', ')}${names.length > mostSaid ? ', …' : ''}`
}

function mismatch(reason: Mismatch['reason'], message: string): Mismatch {
  return { reason, message }
}
