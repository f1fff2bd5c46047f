/** How a client proves itself at its provider. Nothing else tells the methods apart. */
import type { Client } from '../policy/selection.ts'
import type { ClientCredential } from '../ports/provider.ts'

/**
 * @param client as its IdentityProvider describes it
 * @param secret the text that its Secret holds
 */
export function credentialOf({ clientID, authentication }: Client, secret: string): ClientCredential {
  const { method, algorithm } = authentication
  if (method !== 'private_key_jwt') return { kind: 'SharedSecret', clientID, method, secret }
  return { kind: 'PrivateKey', clientID, jwk: secret, ...(algorithm !== undefined && { algorithm }) }
}

/** Whether it signs an assertion (RFC 7523 §2.2), which a provider takes once: the same one can be sent again without harm. */
export function signsAssertions({ authentication }: Pick<Client, 'authentication'>): boolean {
  return authentication.method === 'private_key_jwt'
}

/** The method's name in the provider's metadata (RFC 8414 §2, `token_endpoint_auth_methods_supported`). */
export function methodOf(credential: ClientCredential): Client['authentication']['method'] {
  return credential.kind === 'SharedSecret' ? credential.method : 'private_key_jwt'
}
