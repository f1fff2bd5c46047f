/** Which gates a Rollout has gone past. Whether somebody had approved that is for the caller to look up. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { stepIndexLabel } from '../../../api/argo-rollouts.ts'
import { secondsAfter, secondsBetween } from '../../duration.ts'
import { questionNameOf } from './question.ts'
import { gatesAskedBy, isObserved, judgesRevisionOf } from './run.ts'
import { newestFirst } from './standing.ts'
import { hasPassed } from './withdrawal.ts'

/** What ended longer ago was reported then; the request may have been cleaned up since. */
const rememberedSeconds = 3600
/** A run ends by the clock of Argo Rollouts. */
const toleratedSkewSeconds = 30

/** A gate that a Rollout has gone past, the run that asked it, and the name that its request has. */
export type PassedGate = { readonly gate: string; readonly run: AnalysisRun; readonly requestName: string }

/** Of the current revision, with the newest run of each gate: an earlier one may have ended by an abort. */
export function passedGates(
  rollout: Rollout,
  runs: readonly AnalysisRun[],
  now: Date,
): readonly PassedGate[] {
  if (!isObserved(rollout) || rollout.status?.abort === true) return []
  const asked = runs
    .filter((run) => judgesRevisionOf(rollout, run))
    .toSorted(newestFirst)
    .flatMap((run) => gatesAskedBy(rollout, run).map((gate) => ({ gate, run })))
  const newest = new Map(asked.toReversed().map((passed) => [placeOf(passed), passed]))
  return [...newest.values()]
    .filter(({ run }) => hasPassed(rollout, run) && hasJustEnded(run, now))
    .map(({ gate, run }) => ({ gate, run, requestName: questionNameOf({ rollout, run, gate }) }))
}

/** One gate may stand in several steps. */
function placeOf({ gate, run }: Omit<PassedGate, 'requestName'>): string {
  return `${run.metadata.labels?.[stepIndexLabel] ?? ''} ${gate}`
}

/** Somebody ended the run while the gate still held the Rollout. */
export function endedBefore(notBefore: Date, { run }: PassedGate, now: Date): boolean {
  return secondsAfter(run.status?.completedAt ?? now, toleratedSkewSeconds) < notBefore
}

function hasJustEnded({ status }: AnalysisRun, now: Date): boolean {
  if (status?.phase !== 'Successful') return false
  return secondsBetween(status.completedAt ?? now, now) < rememberedSeconds
}
