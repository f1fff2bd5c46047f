/** The provider's signing key, made at the start. */
import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWTPayload } from 'jose'
import type { JWK } from 'oidc-provider'

/** The JWS algorithm of everything that the provider signs (RFC 7518 §3.4). */
export const algorithm = 'ES256'

/** The key pair of this process. */
export type SigningKey = {
  /** With the private part: for oidc-provider, which publishes the public one. */
  readonly jwk: JWK
  sign(claims: JWTPayload): Promise<string>
}

/** Generates a key; what an earlier process signed no longer verifies. */
export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const kid = randomUUID()
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' }
  return {
    jwk,
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT', kid }).sign(privateKey),
  }
}
