/** The part of the operator that looks at Rollouts, with a cluster in memory. */
import type { AnalysisRun, ReplicaSet, Rollout } from '../../../src/api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import type { Dependencies } from '../../../src/controllers/argo-rollouts/dependencies.ts'
import { ownersOf } from '../../../src/controllers/argo-rollouts/subjects.ts'
import { openAbout } from '../../../src/controllers/argo-rollouts/wake.ts'
import type { EventRecorder, ObjectEvent } from '../../../src/core/ports/events.ts'
import type { Unsealed } from '../../../src/core/ports/sealing.ts'
import { manualClock } from '../fakes/clocks/clock.ts'
import { inMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import { silentLog } from '../fakes/silent-log.ts'

export type RolloutWorld = {
  readonly rollouts: InMemoryResource<Rollout>
  readonly runs: InMemoryResource<AnalysisRun>
  readonly requests: InMemoryResource<ApprovalRequest>
  readonly replicaSets: InMemoryResource<ReplicaSet>
  readonly dependencies: Dependencies
  readonly events: ObjectEvent[]
  /** How many bypasses were counted. */
  bypasses: number
  /** What every seal opens as. */
  sealed: Unsealed
  isWatching: boolean
}

export function aRolloutWorld(): RolloutWorld {
  const [rollouts, runs] = [inMemoryResource<Rollout>(), inMemoryResource<AnalysisRun>()]
  const [requests, replicaSets] = [inMemoryResource<ApprovalRequest>(), inMemoryResource<ReplicaSet>()]
  const events: ObjectEvent[] = []
  const world: RolloutWorld = {
    ...{ rollouts, runs, requests, replicaSets, events },
    ...{ bypasses: 0, isWatching: true, sealed: { kind: 'Broken' } },
    dependencies: {
      ...{ rollouts, runs, requests, replicaSets },
      isWatching: () => world.isWatching,
      caches: { rollouts: rollouts.cache, runs: runs.cache, requests: requests.cache },
      runsOwnedBy: runs.cache.indexed(ownersOf),
      openRequestsAbout: requests.cache.indexed(openAbout),
      sealer: {
        kid: 'k1',
        derive: (binding) => JSON.stringify(binding),
        open: () => Promise.resolve(world.sealed),
      },
      clock: manualClock(),
      events: eventsIn(events),
      log: silentLog,
      onBypass: () => (world.bypasses += 1),
      told: new Map(),
    },
  }
  return world
}

function eventsIn(events: ObjectEvent[]): EventRecorder {
  const marks = new Set<string>()
  return {
    recordEvent: (event) => void events.push(event),
    recordOnce: (event, mark) => {
      if (marks.has(mark)) return Promise.resolve(false)
      marks.add(mark)
      events.push(event)
      return Promise.resolve(true)
    },
  }
}
