/** What an IdentityProvider's clients came to, and what its status says after that. */
import type { IdentityProvider } from '../../../src/api/objects.ts'
import type { ClientFinding, Findings } from '../../../src/core/identity-provider/findings.ts'
import { statusOf } from '../../../src/core/identity-provider/status.ts'
import type { Experience } from '../../../src/core/ports/experience.ts'
import { t } from '../fakes/clocks/clock.ts'

/** @param version of the Secret that the provider refused */
export function refused(version: string, error = 'invalid_client'): Extract<Experience, { kind: 'Refused' }> {
  return { kind: 'Refused', error, secretResourceVersion: version }
}

/** One with a usable Secret of version 7, of whom nothing was heard. */
export function aFinding(change: Partial<ClientFinding> = {}): ClientFinding {
  const credential = { kind: 'Usable', version: '7' } as const
  return { clientID: 'agent-release-bot', credential, experience: undefined, ...change }
}

/** Of a provider that can be used, with one client. */
export function findings(change: Partial<Findings> = {}): Findings {
  const examined = { kind: 'Usable', clockSkewSeconds: 0 } as const
  return { examined, servesPing: false, clients: [aFinding()], ...change }
}

/** The IdentityProvider with the status that follows. */
export function after(provider: IdentityProvider, found: Findings, seconds = 0): IdentityProvider {
  return { ...provider, status: statusOf(provider, found, t(seconds)) }
}
