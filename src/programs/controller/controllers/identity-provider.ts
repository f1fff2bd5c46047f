/** Reports on each IdentityProvider whether it can be used. */
import { announceReady } from '../../../controllers/announce-ready.ts'
import type { Dependencies } from '../../../controllers/identity-provider/dependencies.ts'
import { reconcile } from '../../../controllers/identity-provider/reconcile.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ControllerDefinition } from '../parts.ts'

/** A look at a provider that does not answer takes its time-out. */
const workers = 8

/** Reconciles a provider when its spec changes, when requests report news of it, and every `--provider-check-seconds`. */
export const identityProviderController: ControllerDefinition = {
  name: 'identityprovider',
  workers: () => workers,
  keys: ({ caches }) => caches.providers.cache.list().map(({ metadata }) => metadata.name),
  connect(parts, queue) {
    const { caches, events, experiences, flags, log, openid, resources } = parts
    const { cache } = caches.providers
    // Not for a status, which is written here: that would cost one more look for each.
    caches.providers.onChange((before, after) => {
      const { uid, generation, name } = (after ?? before)?.metadata ?? {}
      const isSame = before?.metadata.uid === uid && before?.metadata.generation === generation
      if (name !== undefined && (after === undefined || !isSame)) queue.add(name)
    })
    experiences.onNews((name) => {
      queue.addAfter(name, newsRestMs)
    })
    const dependencies: Dependencies = {
      ...{ providers: resources.providers, secrets: resources.secrets, cache, openid, experiences },
      clock: systemClock,
      random: Math.random,
      settings: { ...flags, servesPing: flags.pingBindAddress !== undefined },
      report: announceReady({ events, log }, 'identity provider'),
    }
    return (name) => reconcile(dependencies, name)
  },
}

/** Many requests encounter the same at once; one look is enough for all. */
const newsRestMs = 500
