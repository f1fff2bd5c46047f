/** What the part of the operator works with that looks at Rollouts; built in `src/programs/controller`. */
import type { AnalysisRun, ReplicaSet, Rollout } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../api/objects.ts'
import type { Cache, Index, Resource } from '../../core/ports/cluster.ts'
import type { EventRecorder } from '../../core/ports/events.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import type { Clock, Log } from '../../core/ports/surroundings.ts'

/** Where Rollouts, their runs and their requests are read. */
export type RolloutSources = {
  readonly rollouts: Resource<Rollout>
  readonly runs: Resource<AnalysisRun>
  readonly replicaSets: Resource<ReplicaSet>
  /** False while there is no Argo Rollouts in the cluster: then nothing is known about any Rollout. */
  readonly isWatching: () => boolean
  readonly caches: {
    readonly requests: Cache<ApprovalRequest>
    readonly rollouts: Cache<Rollout>
    readonly runs: Cache<AnalysisRun>
  }
  /** The runs of a Rollout, by its uid. */
  readonly runsOwnedBy: Index<AnalysisRun>
  /** The open requests of gates, by namespace and name of the Rollout (`namespace/name`). */
  readonly openRequestsAbout: Index<ApprovalRequest>
}

/** What finding bypassed gates takes. */
export type Dependencies = RolloutSources & {
  readonly requests: Resource<ApprovalRequest>
  readonly sealer: Pick<Sealer, 'derive' | 'kid' | 'open'>
  readonly clock: Clock
  readonly events: EventRecorder
  readonly log: Log
  /** Counts a bypass. */
  readonly onBypass: () => void
  readonly told: Told
}

/**
 * The gates, by run and name, that need no look any more, of each Rollout by its key. It holds what was passed within the last
 * hour at most, since nothing else is looked for; what was reported before that is not found again.
 */
export type Told = Pick<Map<string, ReadonlySet<string>>, 'get' | 'set' | 'delete'>
