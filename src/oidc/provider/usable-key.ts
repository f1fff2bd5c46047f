/** Which signatures a published key can verify (RFC 7517 §4, RFC 7518 §3). Pure. */
import type { JWK } from 'jose'

/** RFC 7518 §3.3 and §3.5. */
const leastModulusBits = 2048

/**
 * Whether a published key can verify signatures of this algorithm, as jose checks it when a token comes: type, curve, size,
 * and what the key says about its own use.
 * @param algorithm one of signatureAlgorithms
 */
export function isUsableFor(key: JWK, algorithm: string): boolean {
  const { alg, key_ops: operations, use } = key
  if (use !== undefined && use !== 'sig') return false
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return false
  if (alg !== undefined && alg !== algorithm) return false
  return isOfKind(key, algorithm)
}

function isOfKind({ kty, crv, n }: JWK, algorithm: string): boolean {
  if (kty === 'RSA') return /^[PR]S/.test(algorithm) && bitsOf(n) >= leastModulusBits
  if (kty === 'OKP') return crv === 'Ed25519' && algorithm.startsWith('Ed')
  return kty === 'EC' && crv !== undefined && curves[algorithm] === crv
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function bitsOf(modulus: unknown): number {
  return typeof modulus === 'string' ? Buffer.from(modulus, 'base64url').length * 8 : 0
}
