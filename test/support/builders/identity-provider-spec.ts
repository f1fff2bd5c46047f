/** An IdentityProvider's spec for a provider on loopback. */
import type { IdentityProviderSpec } from '../../../src/api/objects.ts'
import type { ClientCredential } from '../../../src/core/ports/provider.ts'

export function aSpec(issuer: string, overrides: Partial<IdentityProviderSpec> = {}): IdentityProviderSpec {
  const authentication = { method: 'client_secret_basic', secretRef: { name: 'bot', key: 'secret' } } as const
  return {
    issuer,
    profile: 'Generic',
    clients: [{ clientID: 'bot', authentication }],
    delivery: 'Poll',
    allowInsecureHTTP: true,
    ...overrides,
  }
}

/** Of a client at a provider that asks for no other. */
export const aSharedSecret = {
  kind: 'SharedSecret',
  clientID: 'bot',
  method: 'client_secret_basic',
  secret: 'x',
} as const satisfies ClientCredential
