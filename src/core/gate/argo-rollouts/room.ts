/**
 * How long a run goes on asking a gate that says "not yet": a wait that is longer is never over, the Rollout pauses first. An
 * AnalysisRun ends when `count` measurements were made, or more than `inconclusiveLimit` that were neither success nor failure.
 */
import type { AnalysisRun, Metric, Rollout } from '../../../api/argo-rollouts.ts'
import { durationOf, isDuration, secondsAfter, secondsOf, timestamp } from '../../duration.ts'
import type { Verdict } from '../verdict.ts'
import type { WaitTerms } from './question.ts'
import { filledIn, gateMetricsOf } from './run.ts'

type Asker = { readonly rollout: Rollout; readonly run: AnalysisRun }

/** Offers no more than the run has room for. @returns a sentence where what was asked for is more */
export function fittedTo(asker: Asker, terms: WaitTerms): WaitTerms | string {
  const room = roomSecondsOf(asker)
  const { wait, adjustable } = terms
  if (room === undefined || wait === undefined) return terms
  const least = Math.max(secondsOf(wait), ...(adjustable ?? []).map(({ minimum = '' }) => secondsOf(minimum)))
  if (least > room)
    return `a wait of ${durationOf(least)} is never over: the run asks for ${durationOf(room)} (count and inconclusiveLimit × interval)`
  if (adjustable === undefined) return terms
  const fitted = adjustable.map((bounds) =>
    secondsOf(bounds.maximum ?? '') > room ? { ...bounds, maximum: durationOf(room) } : bounds,
  )
  return { wait, adjustable: fitted }
}

/** Who decided late may have chosen a wait that the run, which has asked for a while, does not last for. */
export function asHeldBy(asker: Asker, verdict: Verdict): Verdict {
  const end = endOf(asker)
  const { metadata } = asker.run
  if (verdict.decision !== 'holding' || verdict.notBefore === undefined || end === undefined) return verdict
  if (new Date(verdict.notBefore) <= end) return verdict
  const reason = `WaitTooLong: approved, with a wait until ${verdict.notBefore}, but AnalysisRun ${metadata.name} asks until ${timestamp(end)} only; the Rollout pauses then, and asks again when it is resumed`
  return { ...verdict, reason }
}

/** When the run asks for the last time; undefined where nothing ends it, or what does cannot be read. */
export function endOf(asker: Asker): Date | undefined {
  const room = roomSecondsOf(asker)
  const { metadata, status } = asker.run
  const startedAt = status?.startedAt ?? metadata.creationTimestamp
  return room === undefined || startedAt === undefined ? undefined : secondsAfter(startedAt, room)
}

/** The shortest of all metrics that ask a gate; undefined where nothing ends them, or what does cannot be read. */
function roomSecondsOf({ rollout, run }: Asker): number | undefined {
  const rooms = gateMetricsOf(rollout, run).map(({ metric }) => roomOf(metric, run))
  const known = rooms.filter((room) => room !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** The first measurement is made at once. Without `count` there is one, unless an interval lets it go on for ever. */
function roomOf({ count, interval, inconclusiveLimit = 0 }: Metric, run: AnalysisRun): number | undefined {
  const pause = interval === undefined ? '0s' : filledIn(interval, run)
  const most = count ?? (interval === undefined ? 1 : Number.POSITIVE_INFINITY)
  const numbers = [most, inconclusiveLimit].map((number) => Number(filledIn(String(number), run)))
  const [measurements = 0, tolerated = 0] = numbers
  if (!isDuration(pause) || numbers.some(Number.isNaN)) return undefined
  return Math.max(Math.min(measurements, tolerated + 1) - 1, 0) * secondsOf(pause)
}
