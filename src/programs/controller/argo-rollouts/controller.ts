/** Tells people of gates that were bypassed. */
import type { Dependencies, RolloutSources } from '../../../controllers/argo-rollouts/dependencies.ts'
import { reconcile } from '../../../controllers/argo-rollouts/reconcile.ts'
import { objectKeyOf } from '../../../controllers/approval-request/queue-key.ts'
import { ownersOf } from '../../../controllers/argo-rollouts/subjects.ts'
import { eachRollout, openAbout } from '../../../controllers/argo-rollouts/wake.ts'
import type { RolloutListener } from '../../../controllers/argo-rollouts/wake.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ControllerDefinition, Parts } from '../parts.ts'

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

/** Resolves when the Rollouts and their runs are known; never, where there are none to know. */
export function synced({ rolloutCaches }: Parts): Promise<unknown> {
  return Promise.all(Object.values(rolloutCaches).map(({ cache }) => cache.hasSynced))
}

export function listenToRollouts({ rolloutCaches }: Parts, listener: RolloutListener): void {
  rolloutCaches.rollouts.onChange((before, after) => {
    listener.rolloutChanged(before, after)
  })
  rolloutCaches.runs.onChange((before, after) => {
    listener.runChanged(before, after)
  })
}
