/** What an AnalysisRun is to a gate: whose it is, what it asks, and whether it still does. */
import type { AnalysisRun, Metric, Rollout } from '../../../api/argo-rollouts.ts'
import { podTemplateHashLabel } from '../../../api/argo-rollouts.ts'
import { argoRolloutsGatePath } from '../../../api/names.ts'

/** A run of the Rollout's current revision. */
export function judgesRevisionOf({ metadata, status }: Rollout, run: AnalysisRun): boolean {
  const owner = run.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const hash = run.metadata.labels?.[podTemplateHashLabel]
  return (
    metadata.uid !== undefined &&
    owner?.uid === metadata.uid &&
    owner.kind === 'Rollout' &&
    hash !== undefined &&
    hash === status?.currentPodHash
  )
}

/** The gates that a run asks about this Rollout, by the body that its web metrics post. */
export function gatesAskedBy(rollout: Rollout, run: AnalysisRun): readonly string[] {
  return gateMetricsOf(rollout, run).map(({ gate }) => gate)
}

/** The metric of an AnalysisRun that asks a gate, and which gate that is. */
export type GateMetric = { readonly rollout: string; readonly gate: string; readonly metric: Metric }

/** The metrics of a run that ask a gate about this Rollout. */
export function gateMetricsOf({ metadata }: Rollout, run: AnalysisRun): readonly GateMetric[] {
  return gateMetricsIn(run).filter(({ rollout }) => rollout === metadata.name)
}

/** The metrics of a run that ask a gate, about whichever Rollout. */
export function gateMetricsIn(run: AnalysisRun): readonly GateMetric[] {
  return (run.spec?.metrics ?? []).filter(isGateMetric).flatMap((metric) => {
    const { rollout, gate } = bodyOf(metric, run)
    return rollout === undefined || gate === undefined ? [] : [{ rollout, gate, metric }]
  })
}

/** A metric that posts to the gate, or to its verification, measures nothing. */
export function measures({ provider }: Metric): boolean {
  return !pathOf(provider?.web?.url).includes(argoRolloutsGatePath)
}

/** A terminated run still runs for a moment, and then counts as successful whatever it has measured. */
export function isOver({ spec, status }: AnalysisRun): boolean {
  return spec?.terminate === true || endings.includes(status?.phase ?? '')
}

const endings = ['Successful', 'Failed', 'Error', 'Inconclusive']

/** The runs that the Rollout waits for now; others of its runs only inform it, or are past. */
export function awaitedRuns({ status }: Rollout): readonly string[] {
  return [
    status?.canary?.currentStepAnalysisRunStatus?.name,
    status?.blueGreen?.prePromotionAnalysisRunStatus?.name,
    status?.blueGreen?.postPromotionAnalysisRunStatus?.name,
  ].filter((name) => name !== undefined)
}

/** Argo Rollouts has seen the spec as it is: until then its status speaks of the one before. */
export function isObserved({ metadata, status }: Rollout): boolean {
  return status?.observedGeneration === String(metadata.generation)
}

function isGateMetric({ provider }: Metric): boolean {
  return pathOf(provider?.web?.url).endsWith(argoRolloutsGatePath)
}

/** A gate may be reached through something that puts a path before its own. */
function pathOf(url = ''): string {
  return URL.parse(url)?.pathname ?? ''
}

function bodyOf(
  { provider }: Metric,
  run: AnalysisRun,
): { readonly rollout?: string; readonly gate?: string } {
  const { rollout, gate } = fieldsOf(provider?.web?.jsonBody ?? parsed(provider?.web?.body))
  return {
    ...(typeof rollout === 'string' && { rollout: filledIn(rollout, run) }),
    ...(typeof gate === 'string' && { gate: filledIn(gate, run) }),
  }
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {}
}

function parsed(body = ''): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** `{{args.gate}}` as Argo Rollouts fills it in. */
export function filledIn(text: string, { spec }: AnalysisRun): string {
  return text.replace(
    /\{\{\s*args\.([^\s}]+)\s*\}\}/g,
    (whole, name: string) => spec?.args?.find((argument) => argument.name === name)?.value ?? whole,
  )
}
