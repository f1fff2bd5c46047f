/** Which run of a Rollout a call is about. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../api/objects.ts'
import type { Verdict } from '../verdict.ts'
import { idleAnalysisOf, isDryRun } from './idle.ts'
import { isAboutRevisionOf, runBehind } from './gone-run.ts'
import { awaitedRuns, gatesAskedBy, isObserved, isOver, judgesRevisionOf } from './run.ts'

/** `Over` must not be said by a watch alone, which may lag behind a Rollout that has just begun again. */
export type Standing =
  | { readonly kind: 'Asking'; readonly rollout: Rollout; readonly run: AnalysisRun }
  | { readonly kind: 'Unsettled'; readonly reason: string }
  | { readonly kind: 'Over'; readonly decision: Verdict['decision']; readonly reason: string }

/** Names as a caller sends them. */
export type Gate = { readonly rollout: string; readonly gate: string }

/**
 * The run that the Rollout waits for and that asks this gate.
 *
 * @param runs those that the Rollout waits for, and those that ask this gate without being waited for
 */
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
  if (run !== undefined && !isDryRun(gate, rollout, run)) return { kind: 'Asking', rollout, run }
  if (run !== undefined)
    return failed(
      `gate ${gate} is a dry run in AnalysisRun ${run.metadata.name}: this analysis blocks nothing; take the metric out of dryRun in Rollout ${name}`,
    )
  const idle = idleAnalysisOf(gate, rollout, runs)
  if (idle !== undefined) return failed(`gate ${gate} asks nobody here: ${idle}`)
  const [other] = current
  if (other === undefined) return unsettled(`Rollout ${name} does not name a run of gate ${gate} yet`)
  return failed(
    `AnalysisRun ${other.metadata.name}, which Rollout ${name} waits for, does not ask gate ${gate} about it by a web metric's jsonBody {rollout, gate}`,
  )
}

/** What there is of a gate: AnalysisRuns that ask, and requests that were made. */
export type Askers = {
  /** Those that ask, or have asked, this gate. */
  readonly runs: readonly AnalysisRun[]
  /** Those that were made for this gate. */
  readonly requests: readonly ApprovalRequest[]
}

/**
 * The newest run that has asked this gate about the current revision, over or not. A Rollout may keep none that has succeeded
 * (`successfulRunHistoryLimit`): then the request says which run it was.
 */
export function newestStanding(
  { rollout: name, gate }: Gate,
  rollout: Rollout | undefined,
  { runs, requests }: Askers,
): Standing {
  const stopped = stoppedStanding(name, rollout)
  if (stopped !== undefined || rollout === undefined) return stopped ?? unsettled('')
  const present = runs
    .filter((candidate) => judgesRevisionOf(rollout, candidate))
    .filter((candidate) => gatesAskedBy(rollout, candidate).includes(gate))
  const gone = requests
    .filter((request) => isAboutRevisionOf(rollout, request, gate))
    .map(runBehind)
    .filter(({ metadata }) => !present.some((run) => run.metadata.uid === metadata.uid))
  const [run] = [...present, ...gone].toSorted(newestFirst)
  if (run !== undefined) return { kind: 'Asking', rollout, run }
  return failed(`no AnalysisRun has asked gate ${gate} about the current revision of Rollout ${name}`)
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

function failed(reason: string): Standing {
  return { kind: 'Over', decision: 'failed', reason }
}

function cancelled(reason: string): Standing {
  return { kind: 'Over', decision: 'cancelled', reason }
}

function unsettled(reason: string): Standing {
  return { kind: 'Unsettled', reason }
}
