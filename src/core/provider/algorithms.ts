/** The signature algorithms (RFC 7518 §3.1, RFC 8037, RFC 9864) that ID tokens and client assertions may have. */

/** All asymmetric ones that can be verified. `none`, and what is signed with the client's own secret, proves nothing. */
export const signatureAlgorithms = [
  ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  ...['RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519'],
] as readonly string[]

/**
 * What an ID token may be signed with: what the IdentityProvider allows and the provider's metadata lists.
 *
 * @param allowed by the IdentityProvider
 * @param listed `id_token_signing_alg_values_supported`; undefined where the metadata does not say, which excludes nothing
 */
export function acceptedAlgorithms(
  allowed: readonly string[],
  listed: readonly string[] | undefined,
): readonly string[] {
  const known = withBothNames(allowed).filter((algorithm) => signatureAlgorithms.includes(algorithm))
  if (listed === undefined) return known
  const supported = withBothNames(listed)
  return known.filter((algorithm) => supported.includes(algorithm))
}

const edwards = ['EdDSA', 'Ed25519']

/** RFC 9864 §2.2: two names for one algorithm, since no other curve of EdDSA can be verified. */
function withBothNames(algorithms: readonly string[]): readonly string[] {
  const isEdwards = algorithms.some((algorithm) => edwards.includes(algorithm))
  return isEdwards ? [...new Set([...algorithms, ...edwards])] : algorithms
}
