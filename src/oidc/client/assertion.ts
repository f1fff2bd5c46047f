/** What a client with a private key proves itself by (RFC 7523 §3; audience and type by rfc7523bis §4). */
import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { secondsAfter } from '../../core/duration.ts'
import type { AssertionClaims } from '../../core/ports/prompting.ts'
import type { ClientKey } from './key.ts'

/** The client that signs, and the provider that the assertion is for. */
export type Parties = { readonly clientID: string; readonly issuer: string }

/** When the assertion is signed, and what must stay the same when it is sent again. */
export type Validity = {
  readonly now: Date
  /** Absent: an assertion of its own, which no other sending repeats. */
  readonly claims?: AssertionClaims | undefined
}

/** Providers whose clocks are behind ours would take it to be from the future. */
const backdatedSeconds = 5
const lifeSeconds = 45

/** Signs a client assertion, valid for 45 seconds unless `claims` say otherwise. @returns the JWT for `client_assertion` */
export function signAssertion(
  { key, algorithm, kid }: ClientKey,
  { clientID, issuer }: Parties,
  { now, claims = newClaims(now) }: Validity,
): Promise<string> {
  const issuedAt = numericDate(now) - backdatedSeconds
  const payload = {
    iss: clientID,
    sub: clientID,
    // One text, so that no other provider can pass it on as if it were for itself too.
    aud: issuer,
    jti: claims.jti,
    iat: issuedAt,
    nbf: issuedAt,
    exp: numericDate(claims.expiresAt),
  }
  const header = { alg: algorithm, typ: 'client-authentication+jwt', ...(kid !== undefined && { kid }) }
  return new SignJWT(payload).setProtectedHeader(header).sign(key)
}

function newClaims(now: Date): AssertionClaims {
  return { jti: randomBytes(16).toString('base64url'), expiresAt: secondsAfter(now, lifeSeconds) }
}

/** RFC 7519 §2, in whole seconds. */
function numericDate(moment: Date): number {
  return Math.floor(moment.getTime() / 1000)
}
