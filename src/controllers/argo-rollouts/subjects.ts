/** Rollouts as what requests are about. */
import type { AnalysisRun, Rollout } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../api/objects.ts'
import { secondsAfter } from '../../core/duration.ts'
import { gateKeyOf, runNameOf } from '../../core/gate/argo-rollouts/question.ts'
import { endOf } from '../../core/gate/argo-rollouts/room.ts'
import { measuredFacts } from '../../core/gate/argo-rollouts/facts/measured.ts'
import { withdrawalOf } from '../../core/gate/argo-rollouts/withdrawal.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { ComputedFact, Subjects } from '../../core/ports/subjects.ts'
import type { RolloutSources } from './dependencies.ts'
import { revisionsOf } from './revisions.ts'

/** The request ends after its run: the run's end, which pauses the Rollout, is not taken for an expiry, which aborts it. */
const graceSeconds = 10

/** When a request of a gate is withdrawn or ends with its run, and what is measured of its Rollout. */
export function rolloutSubjects(sources: RolloutSources): Subjects {
  const { caches, isWatching, rollouts, runs } = sources
  return {
    withdrawalOf: (request) => {
      if (!isWatching() || gateKeyOf(request) === undefined) return undefined
      const { rollout, run } = keysOf(request)
      return withdrawalOf(request, { rollout: caches.rollouts.get(rollout), run: caches.runs.get(run) })
    },
    endOf: (request) => {
      if (!isWatching() || gateKeyOf(request) === undefined) return undefined
      const keys = keysOf(request)
      const rollout = caches.rollouts.get(keys.rollout)
      const run = caches.runs.get(keys.run)
      const end = rollout === undefined || run === undefined ? undefined : endOf({ rollout, run })
      return end === undefined ? undefined : secondsAfter(end, graceSeconds)
    },
    confirmWithdrawal: async (request) => {
      const keys = keysOf(request)
      const [rollout, run] = await Promise.all([rollouts.get(keys.rollout), runs.get(keys.run)])
      return withdrawalOf(request, { rollout, run })
    },
    measure: (request) => measure(sources, request),
  }
}

/** The AnalysisRuns of a Rollout's own namespace that name it as their owner. */
export function runsOf(
  { runsOwnedBy }: Pick<RolloutSources, 'runsOwnedBy'>,
  { metadata }: Rollout,
): readonly AnalysisRun[] {
  return [...runsOwnedBy(metadata.uid ?? '')].filter(
    ({ metadata: run }) => run.namespace === metadata.namespace,
  )
}

/** The uids by which a run is found (`runsOwnedBy`). */
export function ownersOf({ metadata }: AnalysisRun): readonly string[] {
  return metadata.ownerReferences?.map(({ uid }) => uid) ?? []
}

/** Of any request about a revision that a Rollout is at, be it the gate's or an agent's own. */
async function measure(sources: RolloutSources, request: ApprovalRequest): Promise<readonly ComputedFact[]> {
  const { apiVersion = '', kind, revision } = request.spec.target
  if (kind !== 'Rollout' || !apiVersion.startsWith('argoproj.io/') || !sources.isWatching()) return []
  const rollout = sources.caches.rollouts.get(keysOf(request).rollout)
  if (rollout === undefined || revision === undefined || rollout.status?.currentPodHash !== revision)
    return []
  return measuredFacts(rollout, runsOf(sources, rollout), await revisionsOf(sources, rollout, revision))
}

function keysOf(request: ApprovalRequest): { readonly rollout: ObjectKey; readonly run: ObjectKey } {
  const { namespace = '' } = request.metadata
  return {
    rollout: { namespace, name: request.spec.target.name },
    run: { namespace, name: runNameOf(request) },
  }
}
