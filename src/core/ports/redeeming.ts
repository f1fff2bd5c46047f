/** Fetching and checking the answer (CIBA Core §10, §11). */

import type { ErrorText, FoundHere } from './prompting.ts'

/** A token response (CIBA Core §10.1.1) whose ID token has not been verified yet. */
export type TokenResponse = {
  readonly accessToken: string
  readonly tokenType: string
  readonly idToken: string | undefined
  readonly expiresInSeconds: number | undefined
  readonly scope: string | undefined
  /** Absent where the provider says nothing of them. */
  readonly authorizationDetails?: GrantedDetails
  /** The response is refused for it: what is malformed is never taken for absent. */
  readonly malformed?: MalformedMember
}

/** A member of a token response that cannot be read, and the sentence that says so. */
export type MalformedMember = { readonly member: string; readonly message: string }

/** `authorization_details` (RFC 9396 §7) as they came: a list of objects of which nothing is known yet, or something else. */
export type GrantedDetails = readonly Readonly<Record<string, unknown>>[] | 'Unreadable'

/**
 * What the token endpoint answered. `error` is the OAuth error code. `Malformed`: a success (RFC 6749 §5.1) that holds no access token:
 * the answer was issued, and cannot be read. `Unreachable`: nothing is known of the answer, and asking again may help. A `detail` says
 * what came, after `answered` in the one case and as a clause in the other.
 */
export type TokenOutcome =
  | { readonly kind: 'Granted'; readonly response: TokenResponse }
  | ({ readonly kind: 'Error'; readonly retryAfterSeconds?: number } & ErrorText & FoundHere)
  | { readonly kind: 'Malformed'; readonly detail: string }
  | { readonly kind: 'Unreachable'; readonly detail: string; readonly retryAfterSeconds?: number }

/** The claims of an ID token whose signature, `alg`, `iss`, `aud`, `azp`, `exp`, `nbf` and `at_hash` hold. */
export type IdTokenClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string
  readonly sub: string
  readonly iat: number
}

/**
 * `clause` names the check that failed, for example `aud`. `NotYet`: the key that signed it is not known, or keys could not be loaded;
 * verified again later it may hold.
 */
export type IdTokenVerification =
  | { readonly kind: 'Verified'; readonly claims: IdTokenClaims }
  | { readonly kind: 'Rejected'; readonly clause: string; readonly message: string }
  | { readonly kind: 'NotYet'; readonly clause: string; readonly message: string }
