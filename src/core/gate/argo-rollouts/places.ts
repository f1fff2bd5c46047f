/** Where a gate stands, as the one value by which everything that asks it is found. */
import type { AnalysisRun } from '../../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../api/objects.ts'
import { gateKeyOf } from './question.ts'
import { gateMetricsIn } from './run.ts'

/** A gate of a Rollout. */
export type Place = { readonly namespace: string; readonly rollout: string; readonly gate: string }

/** The same text for the same gate; no name of Kubernetes has a slash. */
export function placeOf({ namespace, rollout, gate }: Place): string {
  return `${namespace}/${rollout}/${gate}`
}

/** The gates that a run asks, whoever it belongs to. */
export function placesAskedBy(run: AnalysisRun): readonly string[] {
  const { namespace = '' } = run.metadata
  return gateMetricsIn(run).map(({ rollout, gate }) => placeOf({ namespace, rollout, gate }))
}

/** The gate that a request was made for, if it was for one. */
export function placesAskedFor(request: ApprovalRequest): readonly string[] {
  const gate = gateKeyOf(request)?.gate
  const { namespace = '' } = request.metadata
  return gate === undefined ? [] : [placeOf({ namespace, rollout: request.spec.target.name, gate })]
}
