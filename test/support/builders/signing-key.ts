/** A key that signs JWTs in tests, with the half that a provider publishes. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWK, JWTPayload } from 'jose'

export type SigningKey = {
  readonly kid: string
  readonly publicJwk: JWK
  /** @param header what differs from `alg` and `kid` of the key */
  sign(claims: JWTPayload, header?: { readonly kid?: string }): Promise<string>
}

export async function aSigningKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return {
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  }
}
