/** What the other controllers encountered when they used a provider, until a reconcile has made a status of it. */
import type { IdentityProvider } from '../../api/objects.ts'
import { canBeAsked } from '../../core/identity-provider/ambiguity.ts'
import type { Cache } from '../../core/ports/cluster.ts'
import type { Experience, TellExperience } from '../../core/ports/experience.ts'

/** The last experience of each client, by its client id. */
export type Heard = ReadonlyMap<string, Extract<Experience, { kind: 'Accepted' | 'Refused' }>>

/** Collects what requests encountered at providers, for the controller of their status. */
export type Experiences = {
  readonly tell: TellExperience
  /** The listener is called with the name of each provider whose status does not say what was encountered. */
  onNews(listener: (provider: string) => void): void
  of(provider: string): Heard
  /** Drops what a reconcile has made use of, unless something newer came since. */
  settle(provider: string, used: Heard): void
  forget(provider: string): void
}

/** Keeps only what differs from the status in the watch. */
export function createExperiences(cache: Cache<IdentityProvider>): Experiences {
  let wake: (provider: string) => void = () => undefined
  const heard = new Map<string, Heard>()
  const of = (provider: string): Heard => heard.get(provider) ?? new Map()
  return {
    of,
    onNews: (listener) => {
      wake = listener
    },
    tell(name, clientID, experience) {
      const provider = cache.get({ name })
      if (provider === undefined || !isNews(provider, clientID, experience)) return
      if (experience.kind === 'Accepted' || experience.kind === 'Refused')
        heard.set(name, new Map([...of(name), [clientID, experience]]))
      wake(name)
    },
    settle(provider, used) {
      heard.set(provider, new Map([...of(provider)].filter(([client, each]) => used.get(client) !== each)))
    },
    forget: (provider) => void heard.delete(provider),
  }
}

function isNews(provider: IdentityProvider, clientID: string, experience: Experience): boolean {
  const refusal = provider.status?.refusedClients?.find((client) => client.clientID === clientID)
  switch (experience.kind) {
    case 'Usable':
      return !canBeAsked(provider) && refusal === undefined
    case 'Unusable':
      return canBeAsked(provider)
    case 'Accepted':
      return !canBeAsked(provider)
    case 'Refused':
      return (
        refusal?.secretResourceVersion !== experience.secretResourceVersion ||
        refusal.error !== experience.error
      )
  }
}
