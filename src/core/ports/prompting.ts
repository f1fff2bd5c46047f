/** Asking a person through the OpenID Provider (CIBA Core §7). */

/** A backchannel authentication request (CIBA Core §7.1), ready to be sent. */
export type PromptRequest = {
  readonly loginHint: string
  readonly bindingMessage: string
  readonly scope: string
  readonly requestedExpirySeconds: number
  /** CIBA Core §7.1: authentication contexts in order of preference, separated by spaces. */
  readonly acrValues?: string
  /** RFC 8707. */
  readonly resource?: string
  /** RFC 9396 §2. */
  readonly authorizationDetails?: readonly Readonly<Record<string, unknown>>[]
  /** CIBA Core §7.1: by which the provider proves a ping. Absent where the answer is polled for. */
  readonly notificationToken?: string
  /** `approval_request` and `approval_digest`. */
  readonly extraParameters: Readonly<Record<string, string>>
  /** For `private_key_jwt`: what makes a second sending of the same attempt recognisable to the provider. */
  readonly assertion?: AssertionClaims
}

/** `jti` and `exp` of a client assertion (RFC 7523 §3); the same for every sending of one attempt. */
export type AssertionClaims = { readonly jti: string; readonly expiresAt: Date }

/** What still fits, sealed, into status. */
export const longestAuthReqId = 8192

/**
 * Of an outcome that was found on this side: nothing was sent, or nothing usable came, so it does not show that the provider answers. What
 * does not say so came over the wire.
 */
export type FoundHere = { readonly isLocal?: true }

/**
 * An error as an endpoint sent it, cleaned and cut. `httpStatus`: it was no OAuth error (RFC 6749 §5.2), so `error` is the operator's name for
 * it, and `description` what the body says in its own words.
 */
export type ErrorText = {
  readonly error: string
  readonly description?: string
  readonly httpStatus?: number
}

/**
 * What the backchannel authentication endpoint answered. `NotPrompted`: nobody was prompted. It sent an OAuth error, or a redirect
 * (but 303) or a 4xx (but 408 and 409) without one; or nothing was sent.
 * `Malformed`: it acknowledged the request (CIBA Core §7.3) without a member that is REQUIRED there: somebody was prompted, and the
 * answer cannot be fetched.
 * `Unknown`: a time-out, a reset, another status without an OAuth error or an answer that cannot be read, so somebody may have been
 * prompted.
 */
export type PromptOutcome =
  | {
      readonly kind: 'Prompted'
      readonly authReqId: string
      readonly expiresInSeconds: number
      readonly intervalSeconds: number
    }
  | ({
      readonly kind: 'NotPrompted'
      readonly retryAfterSeconds?: number
      /** Nothing was sent, and `description` says why. */
      readonly isUnsent?: true
    } & ErrorText &
      FoundHere)
  | { readonly kind: 'Malformed'; readonly detail: string }
  | { readonly kind: 'Unknown'; readonly detail: string; readonly retryAfterSeconds?: number }
