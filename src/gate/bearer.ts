/** What a bearer token says about itself, before anyone is asked whether that is true. */
import { unverifiedClaims } from '../core/jwt.ts'

export type Claims = {
  readonly issuer: string
  /** A token of a Secret has none. */
  readonly hasAudience: boolean
  readonly expiresAt: number | undefined
}

/** @returns undefined for what is no JWT of a ServiceAccount */
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
