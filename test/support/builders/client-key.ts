/** A client's key pair for `private_key_jwt`: the text that its Secret holds, and what the provider knows. */
import { exportJWK, generateKeyPair } from 'jose'
import type { JWK } from 'jose'
import type { SigningAlgorithm } from '../../../src/core/ports/provider.ts'

/** What oidc-provider takes without further configuration. */
export const signingAlgorithms: readonly SigningAlgorithm[] = ['ES256', 'PS256', 'RS256', 'EdDSA']

export type ClientKeyPair = {
  readonly privateJwk: JWK
  readonly publicJwk: JWK
  /** The private JWK, as the Secret holds it. */
  readonly secret: string
}

export async function aClientKey(
  algorithm: SigningAlgorithm,
  members: Partial<JWK> = {},
): Promise<ClientKeyPair> {
  const pair = await generateKeyPair(algorithm, { extractable: true })
  const privateJwk = { ...(await exportJWK(pair.privateKey)), ...members }
  const publicJwk = { ...(await exportJWK(pair.publicKey)), ...members }
  return { privateJwk, publicJwk, secret: JSON.stringify(privateJwk) }
}
