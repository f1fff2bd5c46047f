/**
 * Analyses that ask a gate and hold nothing: Argo Rollouts goes on whatever the answer is, so nobody is asked for one. A gate
 * holds a Rollout as an analysis step of a canary, and before or after the switch of a blue-green.
 */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { rolloutTypeLabel } from '../../../api/argo-rollouts.ts'
import { gateMetricsOf, gatesAskedBy, isOver } from './run.ts'

/**
 * Which analysis asks this gate without holding the Rollout, where no other one may be about to hold it.
 *
 * @param runs those that may ask; the ones that are over do not count
 * @returns a sentence about it, with what to do
 */
export function idleAnalysisOf(
  gate: string,
  rollout: Rollout,
  runs: readonly AnalysisRun[],
): string | undefined {
  const asking = runs.filter((run) => !isOver(run) && gatesAskedBy(rollout, run).includes(gate))
  const kinds = asking.map((run) => idleKindOf(rollout, run))
  if (kinds.includes(undefined)) return undefined
  const kind = kinds.find((candidate) => candidate?.isCertain === true || !expectsAnalysis(rollout))
  return kind && `${kind.subject}: this analysis blocks nothing; ${makeItAStep(rollout)}`
}

/** A dry run delays the Rollout, and does not hold it. */
export function isDryRun(gate: string, rollout: Rollout, run: AnalysisRun): boolean {
  const names = gateMetricsOf(rollout, run)
    .filter((asking) => asking.gate === gate)
    .map(({ metric }) => metric.name)
  const patterns = run.spec?.dryRun?.map(({ metricName }) => metricName) ?? []
  const reported = run.status?.metricResults?.filter(({ dryRun }) => dryRun === true) ?? []
  return names.some(
    (name) =>
      patterns.some((pattern) => isMeantBy(pattern, name)) || reported.some((one) => one.name === name),
  )
}

function makeItAStep({ metadata }: Rollout): string {
  return `make it an analysis step of the canary, or prePromotionAnalysis of the blue-green, in Rollout ${metadata.name}`
}

type IdleKind = {
  readonly subject: string
  /** It will never hold this Rollout, even if another run is about to. */
  readonly isCertain: boolean
}

/** @returns undefined for a run that holds its Rollout, or may be about to be named by it */
function idleKindOf(rollout: Rollout, run: AnalysisRun): IdleKind | undefined {
  const { labels, name, ownerReferences } = run.metadata
  const owner = ownerReferences?.find(({ controller }) => controller === true)
  const target = `Rollout ${rollout.metadata.name}`
  if (owner?.kind === 'Rollout' && owner.uid === rollout.metadata.uid) {
    const background = rollout.status?.canary?.currentBackgroundAnalysisRunStatus?.name
    if (background !== name && labels?.[rolloutTypeLabel] !== 'Background') return undefined
    return { subject: `AnalysisRun ${name} runs in the background of ${target}`, isCertain: true }
  }
  const whose = owner === undefined ? 'nobody' : `another object, ${owner.kind} ${owner.name}`
  return {
    subject: `AnalysisRun ${name} belongs to ${whose}, and ${target} does not wait for it`,
    isCertain: false,
  }
}

/** A run of its own may be there that it does not name yet. */
function expectsAnalysis({ spec, status }: Rollout): boolean {
  if (status?.stableRS === status?.currentPodHash) return false
  const { canary, blueGreen } = spec?.strategy ?? {}
  if (canary?.steps?.[status?.currentStepIndex ?? 0]?.analysis !== undefined) return true
  return blueGreen?.prePromotionAnalysis !== undefined || blueGreen?.postPromotionAnalysis !== undefined
}

/** Nobody else's expression is run here; where one is more than a name, Argo Rollouts reports what it means with the first measurement. */
function isMeantBy(pattern: string, name: string): boolean {
  if (['', '.*', '.+'].includes(pattern)) return true
  const literal = pattern.replace(/^\^/, '').replace(/\$$/, '')
  if (!/^[\w-]+$/.test(literal)) return false
  const isAnchored = { start: pattern.startsWith('^'), end: pattern.endsWith('$') }
  if (isAnchored.start && isAnchored.end) return name === literal
  if (isAnchored.start) return name.startsWith(literal)
  return isAnchored.end ? name.endsWith(literal) : name.includes(literal)
}
