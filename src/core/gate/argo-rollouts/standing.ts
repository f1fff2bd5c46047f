/** Which run of a Rollout a caller's question is about. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import type { Verdict } from '../verdict.ts'
import { awaitedRuns, gatesAskedBy, isObserved, isOver, judgesRevisionOf } from './run.ts'

/** `Over` must not be said by a watch alone, which may lag behind a Rollout that has just begun anew. */
export type Standing =
  | { readonly kind: 'Asking'; readonly rollout: Rollout; readonly run: AnalysisRun }
  | { readonly kind: 'Unsettled'; readonly reason: string }
  | { readonly kind: 'Over'; readonly decision: Verdict['decision']; readonly reason: string }

export type Gate = { readonly rollout: string; readonly gate: string }

/** The run that the Rollout waits for and that asks this gate. */
export function standingOf(
  { rollout: name, gate }: Gate,
  rollout: Rollout | undefined,
  runs: readonly AnalysisRun[],
): Standing {
  const stopped = stoppedStanding(name, rollout)
  if (stopped !== undefined || rollout === undefined) return stopped ?? unsettled('')
  const awaited = awaitedRuns(rollout)
  const current = runs.filter(
    (run) => awaited.includes(run.metadata.name) && judgesRevisionOf(rollout, run) && !isOver(run),
  )
  const run = current.find((candidate) => gatesAskedBy(rollout, candidate).includes(gate))
  if (run !== undefined) return { kind: 'Asking', rollout, run }
  const [other] = current
  if (other === undefined) return unsettled(`Rollout ${name} does not name a run of gate ${gate} yet`)
  return {
    kind: 'Over',
    decision: 'failed',
    reason: `AnalysisRun ${other.metadata.name}, which Rollout ${name} waits for, does not ask gate ${gate} about it by a web metric's jsonBody {rollout, gate}`,
  }
}

/** The newest run that has asked this gate about the current revision, over or not. */
export function newestStanding(
  { rollout: name, gate }: Gate,
  rollout: Rollout | undefined,
  runs: readonly AnalysisRun[],
): Standing {
  const stopped = stoppedStanding(name, rollout)
  if (stopped !== undefined || rollout === undefined) return stopped ?? unsettled('')
  const [run] = runs
    .filter((candidate) => judgesRevisionOf(rollout, candidate))
    .filter((candidate) => gatesAskedBy(rollout, candidate).includes(gate))
    .toSorted(newestFirst)
  if (run !== undefined) return { kind: 'Asking', rollout, run }
  return {
    kind: 'Over',
    decision: 'failed',
    reason: `no AnalysisRun has asked gate ${gate} about the current revision of Rollout ${name}`,
  }
}

/** A name grows with each retry within a second: `.1`, `.2`. */
export function newestFirst(a: AnalysisRun, b: AnalysisRun): number {
  const [first, second] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '')
  if (first !== second) return (first ?? '') < (second ?? '') ? 1 : -1
  return b.metadata.name.localeCompare(a.metadata.name, 'en', { numeric: true })
}

function stoppedStanding(name: string, rollout: Rollout | undefined): Standing | undefined {
  if (rollout === undefined)
    return { kind: 'Over', decision: 'failed', reason: `there is no Rollout ${name} in this namespace` }
  if (rollout.metadata.deletionTimestamp !== undefined) return cancelled(`Rollout ${name} is being deleted`)
  if (rollout.status?.abort === true) return cancelled(`Rollout ${name} is aborted`)
  if (rollout.status?.promoteFull === true) return cancelled(`Rollout ${name} is being promoted in full`)
  return isObserved(rollout) ? undefined : unsettled(`Argo Rollouts has not seen the spec of ${name} yet`)
}

function cancelled(reason: string): Standing {
  return { kind: 'Over', decision: 'cancelled', reason }
}

function unsettled(reason: string): Standing {
  return { kind: 'Unsettled', reason }
}
