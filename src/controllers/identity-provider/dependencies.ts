/** What the IdentityProvider controller works with; built in `src/programs/controller`. */
import type { IdentityProvider, Secret } from '../../api/objects.ts'
import type { Cache, Resource } from '../../core/ports/cluster.ts'
import type { OpenIDProviders } from '../../core/ports/provider.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import type { Experiences } from './experiences.ts'

/** What examining a provider and writing its status takes. */
export type Dependencies = {
  readonly providers: Pick<Resource<IdentityProvider>, 'replaceStatus'>
  readonly secrets: Pick<Resource<Secret>, 'get'>
  readonly cache: Cache<IdentityProvider>
  readonly openid: OpenIDProviders
  readonly experiences: Experiences
  readonly clock: Clock
  readonly random: () => number
  readonly settings: {
    /** The operator's own, where the clients' Secrets are. */
    readonly namespace: string
    readonly providerCheckSeconds: number
    readonly servesPing: boolean
  }
  /** Called for every change of the reason of `Ready`, after it was written. */
  readonly report: (provider: IdentityProvider) => void
}
