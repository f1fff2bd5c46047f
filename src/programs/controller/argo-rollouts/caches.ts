/**
 * Watches of Argo Rollouts' objects. A cluster may do without it: nothing waits for these, and once its kinds are served they
 * fill by themselves.
 */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { revisionAnnotation } from '../../../api/argo-rollouts.ts'
import type { KubernetesObject, ObjectMeta } from '../../../api/objects.ts'
import { identityOf } from '../../../core/object-key.ts'
import { asText } from '../../../kubernetes/watch/held.ts'
import { inNamespaces, watch } from '../caches.ts'
import type { Watched } from '../caches.ts'
import type { Foundation } from '../foundation.ts'

/** The watches of Argo Rollouts' objects, empty where the cluster does not serve them. */
export type RolloutCaches = {
  readonly rollouts: Watched<Rollout>
  readonly runs: Watched<AnalysisRun>
}

/** Watches Rollouts and AnalysisRuns in the watched namespaces, and keeps only the fields that decide or wake. */
export function createRolloutCaches(foundation: Foundation): RolloutCaches {
  const { rollouts, runs } = foundation.resources
  const optional = {
    hold: asText,
    selections: inNamespaces(foundation.flags.watchNamespaces),
    isOptional: true,
  }
  return {
    rollouts: watch(foundation, 'rollouts', {
      source: rollouts,
      project: (rollout) => bounded(neededOfRollout(rollout)),
      ...optional,
    }),
    runs: watch(foundation, 'analysisruns', {
      source: runs,
      project: (run) => bounded(neededOfRun(run)),
      ...optional,
    }),
  }
}

/** In bytes of JSON; one with a gate and a few metrics has 3,000. */
const largestKept = 32 * 1024

/**
 * Whoever may create a Rollout or a run may make it as large as etcd takes: of such a one the name is kept, by which no gate opens.
 * @param object as much of it as is needed
 */
function bounded(object: Rollout | AnalysisRun): KubernetesObject {
  return Buffer.byteLength(JSON.stringify(object)) <= largestKept ? object : identityOf(object)
}

/** Their objects are large, and there may be thousands. */
function neededOfRollout({ apiVersion, kind, metadata, spec, status }: Rollout): Rollout {
  return {
    ...{ apiVersion, kind, metadata: neededOf(metadata) },
    ...(spec?.strategy !== undefined && { spec: { strategy: neededOfStrategy(spec.strategy) } }),
    ...(status !== undefined && { status }),
  }
}

type Strategy = NonNullable<NonNullable<Rollout['spec']>['strategy']>

/** Where weights are set, and what Argo Rollouts adds to the Pods of each revision. */
function neededOfStrategy({ canary, blueGreen }: Strategy): Strategy {
  const steps = canary?.steps?.map(({ setWeight }) => (setWeight === undefined ? {} : { setWeight }))
  return {
    ...(canary !== undefined && {
      canary: {
        ...picked(canary, ['canaryMetadata', 'stableMetadata']),
        ...(steps !== undefined && { steps }),
      },
    }),
    ...(blueGreen !== undefined && { blueGreen: picked(blueGreen, ['previewMetadata', 'activeMetadata']) }),
  }
}

function picked<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])),
  ) as Partial<Pick<T, K>>
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
