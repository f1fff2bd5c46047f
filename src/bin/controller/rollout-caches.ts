/**
 * Watches of Argo Rollouts' objects. A cluster may do without it: nothing waits for these, and once its kinds are served they
 * fill by themselves.
 */
import type { AnalysisRun, Rollout } from '../../api/argo-rollouts.ts'
import { revisionAnnotation } from '../../api/argo-rollouts.ts'
import type { ObjectMeta } from '../../api/objects.ts'
import { asText } from '../../kubernetes/held.ts'
import { inNamespaces, watch, type Watched } from './caches.ts'
import type { Foundation } from './foundation.ts'

export type RolloutCaches = {
  readonly rollouts: Watched<Rollout>
  readonly runs: Watched<AnalysisRun>
}

export function createRolloutCaches(foundation: Foundation): RolloutCaches {
  const { rollouts, runs } = foundation.resources
  const optional = {
    hold: asText,
    selections: inNamespaces(foundation.flags.watchNamespaces),
    isOptional: true,
  }
  return {
    rollouts: watch(foundation, 'rollouts', { source: rollouts, project: neededOfRollout, ...optional }),
    runs: watch(foundation, 'analysisruns', { source: runs, project: neededOfRun, ...optional }),
  }
}

/** Their objects are large, and there may be thousands. */
function neededOfRollout({ apiVersion, kind, metadata, spec, status }: Rollout): Rollout {
  const { template, strategy } = spec ?? {}
  const containers = template?.spec?.containers?.map(({ name, image = '' }) => ({ name, image }))
  const steps = strategy?.canary?.steps?.map(({ setWeight }) =>
    setWeight === undefined ? {} : { setWeight },
  )
  return {
    ...{ apiVersion, kind, metadata: neededOf(metadata) },
    spec: {
      ...(containers !== undefined && { template: { spec: { containers } } }),
      ...(steps !== undefined && { strategy: { canary: { steps } } }),
    },
    ...(status !== undefined && { status }),
  }
}

function neededOfRun({ apiVersion, kind, metadata, spec, status }: AnalysisRun): AnalysisRun {
  const metricResults = status?.metricResults?.map(({ measurements = [], ...result }) => ({
    ...result,
    measurements: measurements.slice(-1),
  }))
  return {
    ...{ apiVersion, kind, metadata: neededOf(metadata) },
    ...(spec !== undefined && { spec }),
    ...(status !== undefined && { status: { ...status, ...(metricResults && { metricResults }) } }),
  }
}

function neededOf({ annotations, ...metadata }: ObjectMeta): ObjectMeta {
  const kept = Object.entries(metadata).filter(([name]) => name !== 'managedFields')
  const revision = annotations?.[revisionAnnotation]
  return {
    ...(Object.fromEntries(kept) as ObjectMeta),
    ...(revision !== undefined && { annotations: { [revisionAnnotation]: revision } }),
  }
}
