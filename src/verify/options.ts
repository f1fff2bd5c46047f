/** What a resource server accepts, checked once at its start. */
import type { JWTVerifyGetKey } from 'jose'
import { mayBeContacted } from '../core/provider/address.ts'
import { addresses, keysOf } from './keys.ts'
import type { Fetch } from './keys.ts'
import type { Seen } from './seen.ts'

/** How a resource server is set up. */
export type VerifierOptions = {
  /** The provider's issuer, character by character as in its tokens; https, or http on loopback. */
  readonly issuer: string
  /** This resource server, as the provider writes it into `aud`. */
  readonly audience: string
  /** The client ids at the provider that the operator prompts with. */
  readonly clients: readonly string[]
  /** JWS algorithms; ES256, PS256, EdDSA and RS256 if absent. Symmetric ones are never taken. */
  readonly algorithms?: readonly string[]
  /** `typ` of the header; `at+jwt` (RFC 9068) if absent. Keycloak's is `JWT`. */
  readonly types?: readonly string[]
  /** How long after `iat` a token may be used, whatever its `exp`; 600 if absent. */
  readonly maximumAgeSeconds?: number
  /** By how much the two clocks may differ; 5 if absent, 60 at most. */
  readonly clockToleranceSeconds?: number
  /** Where used tokens are noted: each token then opens one thing once. Without it a token may be used until it expires. */
  readonly seen?: Seen
  readonly fetch?: Fetch
  readonly now?: () => Date
}

/** The options with everything that was absent filled in. */
export type Settings = Required<Omit<VerifierOptions, 'seen' | 'fetch'>> & {
  readonly seen: Seen | undefined
  readonly find: JWTVerifyGetKey
}

/** The resource server is set up wrongly; the message says what to change. */
export class VerifierOptionsError extends Error {
  override readonly name = 'VerifierOptionsError'
  readonly code = 'ERR_VERIFIER_OPTIONS'
}

const usualAlgorithms = ['ES256', 'PS256', 'EdDSA', 'RS256']
const asymmetric = /^(ES(256|384|512)|[PR]S(256|384|512)|EdDSA|Ed25519)$/

/** @throws VerifierOptionsError for options that would accept too much or nothing */
export function settingsOf({ seen, fetch: fetchAny = fetch, ...options }: VerifierOptions): Settings {
  const { issuer, audience, clients, now = (): Date => new Date() } = options
  const { algorithms = usualAlgorithms, types = ['at+jwt'] } = options
  const { maximumAgeSeconds = 600, clockToleranceSeconds = 5 } = options
  require(mayBeContacted(issuer, addresses), 'issuer must be an https URL, or http on loopback')
  require(audience !== '', 'audience must name this resource server')
  require(clients.length > 0, 'clients must name at least one client id')
  require(types.length > 0, 'types must name at least one type')
  require(algorithms.length > 0 &&
    algorithms.every((name) => asymmetric.test(name)), 'algorithms must be asymmetric JWS algorithms')
  require(maximumAgeSeconds > 0, 'maximumAgeSeconds must be more than 0')
  require(clockToleranceSeconds >= 0 &&
    clockToleranceSeconds <= 60, 'clockToleranceSeconds must be from 0 to 60')
  return {
    ...{ issuer, audience, clients, algorithms, types, maximumAgeSeconds, clockToleranceSeconds, now, seen },
    find: keysOf(issuer, fetchAny),
  }
}

function require(holds: boolean, rule: string): void {
  if (!holds) throw new VerifierOptionsError(rule)
}
