/** What a bearer token says about itself, before anyone is asked whether that is true. */
import { unverifiedClaims } from '../core/jwt.ts'

/** The claims of a ServiceAccount token that are worth a check before a TokenReview; nothing of it is verified. */
export type Claims = {
  readonly issuer: string
  /** A token of a Secret has none. */
  readonly hasAudience: boolean
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
}

/**
 * Reads a token without its signature, so that what cannot be valid costs the API server nothing.
 * @returns undefined for what is no JWT of a ServiceAccount
 */
export function claimsOf(token: string): Claims | undefined {
  const { iss, sub, aud, exp } = unverifiedClaims(token) ?? {}
  if (typeof iss !== 'string' || typeof sub !== 'string') return undefined
  if (!sub.startsWith('system:serviceaccount:')) return undefined
  return {
    issuer: iss,
    hasAudience: aud !== undefined,
    expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
  }
}
