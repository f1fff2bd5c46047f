/** Reports gates that were bypassed. */
import type { Dependencies, RolloutSources } from '../../../controllers/argo-rollouts/dependencies.ts'
import { reconcile } from '../../../controllers/argo-rollouts/reconcile.ts'
import { objectKeyOf } from '../../../controllers/approval-request/queue-key.ts'
import { ownersOf } from '../../../controllers/argo-rollouts/subjects.ts'
import { eachRollout, openAbout } from '../../../controllers/argo-rollouts/wake.ts'
import type { RolloutListener } from '../../../controllers/argo-rollouts/wake.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ControllerDefinition, Parts } from '../parts.ts'

/** Reconciles a Rollout when it or one of its runs changes; a bypassed gate is counted and announced. */
export const rolloutController: ControllerDefinition = {
  name: 'rollout',
  workers: () => 4,
  keys: ({ rolloutCaches }) => rolloutCaches.rollouts.cache.names(),
  connect(parts, queue) {
    const { events, instruments, log, resources, sealer } = parts
    listenToRollouts(
      parts,
      eachRollout(({ namespace, name }) => {
        queue.add(`${namespace}/${name}`)
      }),
    )
    const dependencies: Dependencies = {
      ...rolloutSources(parts),
      ...{ requests: resources.requests, sealer, events, log },
      clock: systemClock,
      onBypass: () => {
        instruments.count('countersign_gate_bypassed_total', { tool: 'argo-rollouts' })
      },
      told: new Map(),
    }
    return (key) => reconcile(dependencies, objectKeyOf(key))
  },
}

/** What the controllers and the gate read about Rollouts. Call it before the watches start: it creates indexes. */
export function rolloutSources({ caches, resources, rolloutCaches }: Parts): RolloutSources {
  const rollouts = rolloutCaches.rollouts.cache
  const runs = rolloutCaches.runs.cache
  return {
    ...resources,
    isWatching: () => rollouts.isSynced && runs.isSynced,
    caches: { requests: caches.requests.cache, rollouts, runs },
    runsOwnedBy: runs.indexed(ownersOf),
    openRequestsAbout: caches.requests.cache.indexed(openAbout),
  }
}

/** Resolves when the Rollouts and their runs have been read; never, where the cluster does not serve them. */
export function synced({ rolloutCaches }: Parts): Promise<unknown> {
  return Promise.all(Object.values(rolloutCaches).map(({ cache }) => cache.hasSynced))
}

/** Notifies `listener` of each change of a Rollout or a run, from the start of the watches on. */
export function listenToRollouts({ rolloutCaches }: Parts, listener: RolloutListener): void {
  rolloutCaches.rollouts.onChange((before, after) => {
    listener.rolloutChanged(before, after)
  })
  rolloutCaches.runs.onChange((before, after) => {
    listener.runChanged(before, after)
  })
}
