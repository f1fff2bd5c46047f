/** Where delivery tools ask whether they may go on; on every replica. */
import { placesAskedBy, placesAskedFor } from '../../../core/gate/argo-rollouts/places.ts'
import type { GateSources } from '../../../gate/argo-rollouts/answer.ts'
import { argoRolloutsRoutes } from '../../../gate/argo-rollouts/routes.ts'
import { createCallers } from '../../../gate/callers.ts'
import { liveReads } from '../../../gate/live-reads.ts'
import { createGate } from '../../../gate/server.ts'
import { callerReviews } from '../../../kubernetes/caller-reviews.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ServerDefinition } from '../parts.ts'
import { rolloutSources } from './controller.ts'

/** The server of the gate, with the routes of each delivery tool. */
export const gateServer: ServerDefinition = {
  name: 'gate',
  address: ({ gateBindAddress }) => gateBindAddress,
  tls: ({ gateTls }) => gateTls,
  connect: (parts) => {
    const { caches, flags, instruments, log, resources, rolloutCaches, sealer, transport } = parts
    const { isWatching, ...sources } = rolloutSources(parts)
    const { requests, namespaces } = caches
    const clock = systemClock
    const gateSources: GateSources = {
      ...sources,
      requests: resources.requests,
      caches: { ...sources.caches, namespaces: namespaces.cache },
      asking: {
        runs: rolloutCaches.runs.cache.indexed(placesAskedBy),
        requests: requests.cache.indexed(placesAskedFor),
      },
      sealer,
      clock,
      reads: liveReads(clock),
    }
    return createGate({
      callers: createCallers({ reviews: callerReviews(transport), clock, audience: flags.gateAudience }),
      routes: argoRolloutsRoutes(
        gateSources,
        () => isWatching() && requests.cache.isSynced && namespaces.cache.isSynced,
      ),
      onAnswer: (said) => {
        instruments.count('countersign_gate_answers_total', { answer: said })
      },
      log,
    })
  },
}
