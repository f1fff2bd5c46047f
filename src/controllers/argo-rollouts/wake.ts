/** What needs a reconcile when a Rollout or one of its AnalysisRuns has changed. */
import { isDeepStrictEqual } from 'node:util'
import type { AnalysisRun, Rollout } from '../../api/argo-rollouts.ts'
import { stepIndexLabel } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest, KubernetesObject } from '../../api/objects.ts'
import { gateKeyOf } from '../../core/gate/argo-rollouts/question.ts'
import { queueKeyOf } from '../approval-request/queue-key.ts'
import type { RolloutSources } from './dependencies.ts'

/** `before` is undefined for a new object, `after` for a deleted one. */
export type RolloutListener = {
  rolloutChanged(before: Rollout | undefined, after: Rollout | undefined): void
  runChanged(before: AnalysisRun | undefined, after: AnalysisRun | undefined): void
}

/** Wakes the open requests about a Rollout that has changed, by their keys. */
export function questionWaker(
  { openRequestsAbout }: Pick<RolloutSources, 'openRequestsAbout'>,
  wake: (key: string) => void,
): RolloutListener {
  return eachRollout(({ namespace, name }) => {
    for (const request of openRequestsAbout(`${namespace}/${name}`)) wake(queueKeyOf(request))
  })
}

/** What an open request of a gate is found by (`openRequestsAbout`): its Rollout, or any; nothing for every other request. */
export function openAbout(request: ApprovalRequest): readonly string[] {
  if (request.status?.outcome !== undefined || gateKeyOf(request) === undefined) return []
  return [anyRollout, `${request.metadata.namespace ?? ''}/${request.spec.target.name}`]
}

/** No name of a Rollout: those have a namespace. */
const anyRollout = 'any'

/** The gates' requests that have no outcome yet, one by one. */
export function openQuestions({
  openRequestsAbout,
}: Pick<RolloutSources, 'openRequestsAbout'>): Iterable<ApprovalRequest> {
  return openRequestsAbout(anyRollout)
}

type RolloutKey = { readonly namespace: string; readonly name: string }

/** Most of a run's changes are measurements, and of a Rollout's counts of Pods: they need no reconcile. */
export function eachRollout(wake: (key: RolloutKey) => void): RolloutListener {
  return {
    rolloutChanged: (before, after) => {
      const rollout = after ?? before
      if (rollout === undefined || isDeepStrictEqual(whereIt(before), whereIt(after))) return
      wake({ namespace: rollout.metadata.namespace ?? '', name: rollout.metadata.name })
    },
    runChanged: (before, after) => {
      const run = after ?? before
      const owner = run?.metadata.ownerReferences?.find(({ controller }) => controller === true)
      if (run === undefined || owner?.kind !== 'Rollout') return
      if (isDeepStrictEqual(howIt(before), howIt(after))) return
      wake({ namespace: run.metadata.namespace ?? '', name: owner.name })
    },
  }
}

function whereIt(rollout: Rollout | undefined): unknown {
  if (rollout === undefined) return undefined
  const { abort, promoteFull, currentPodHash, currentStepIndex, stableRS, blueGreen } = rollout.status ?? {}
  const stands = { abort, promoteFull, currentPodHash, currentStepIndex, stableRS, blueGreen }
  return { ...identityOf(rollout), ...stands, observed: rollout.status?.observedGeneration }
}

function howIt(run: AnalysisRun | undefined): unknown {
  if (run === undefined) return undefined
  const step = run.metadata.labels?.[stepIndexLabel]
  return { ...identityOf(run), step, phase: run.status?.phase, terminate: run.spec?.terminate }
}

function identityOf({ metadata }: KubernetesObject): object {
  return { uid: metadata.uid, generation: metadata.generation, deleted: metadata.deletionTimestamp }
}
