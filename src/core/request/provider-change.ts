/** Another provider under the name of the one that was asked is not asked for its answer. */
import type { EffectiveTerms, IdentityProvider } from '../../api/objects.ts'

/** Whether the IdentityProvider is still there and has another issuer, or no longer the client, than the terms name. */
export function hasChanged(provider: IdentityProvider | undefined, terms: EffectiveTerms): boolean {
  if (provider === undefined) return false
  const { issuer, clients } = provider.spec
  return issuer !== terms.issuer || !clients.some(({ clientID }) => clientID === terms.clientID)
}
