/**
 * A run that asked a gate and is gone: Argo Rollouts deletes runs that have ended, at once if it is told to keep none. What it
 * asked, and as which run, stands in its request.
 */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { argoApiVersion, revisionAnnotation, stepIndexLabel } from '../../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../api/objects.ts'
import { gateKeyOf, runNameOf } from './question.ts'

/** Made for this gate of this Rollout, at its current revision and at no earlier return to the same Pod template. */
export function isAboutRevisionOf(rollout: Rollout, request: ApprovalRequest, gate: string): boolean {
  const { annotations, name, uid } = rollout.metadata
  const key = gateKeyOf(request)
  if (key?.gate !== gate || key.rolloutUid !== uid || request.spec.target.name !== name) return false
  if (key.podTemplateHash !== rollout.status?.currentPodHash) return false
  return runNameOf(request).startsWith(
    `${name}-${key.podTemplateHash}-${annotations?.[revisionAnnotation] ?? ''}-`,
  )
}

/** As much of the run as its request knows. It was there before its request was. */
export function runBehind(request: ApprovalRequest): AnalysisRun {
  const { creationTimestamp, namespace } = request.metadata
  const name = runNameOf(request)
  const uid = gateKeyOf(request)?.runUid
  const step = stepIn(name)
  return {
    apiVersion: argoApiVersion,
    kind: 'AnalysisRun',
    metadata: {
      ...{ name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) },
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(step !== undefined && { labels: { [stepIndexLabel]: step } }),
    },
  }
}

/** `<rollout>-<hash>-<revision>-<step>`, and `.1` for a second of that name; `pre` and `post` stand for a blue-green's. */
function stepIn(name: string): string | undefined {
  return /-(\d+)(?:\.\d+)?$/.exec(name)?.[1]
}
