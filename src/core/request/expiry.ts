/**
 * Until when a request stands. The time in which it waits for its turn is not the approver's: her time begins when she is asked,
 * and ends within the policy's maximum, counted from the creation of the request, and within what the subject allows.
 */
import type { ApprovalPolicy, ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import type { WaitingReason } from '../../api/reasons.ts'
import { earlier, secondsAfter, secondsBetween, secondsOf } from '../duration.ts'
import { summaryOf } from './conditions.ts'

/** How long a request stands, before and after its approver is asked. */
export type Expiry = {
  /** How long the approver has once she is asked. */
  readonly seconds: number
  /** Whatever it waits for, it does not stand for longer. */
  readonly latest: Date
  /** A prompt that leaves her less than this is not sent. */
  readonly leastSeconds: number
}

/** @param subjectEnd until when its subject waits for an answer, where the operator knows that */
export function expiryOf(
  { metadata, spec }: ApprovalRequest,
  { requestedExpiry }: ApprovalPolicy['spec'],
  subjectEnd: Date | undefined,
): Expiry {
  const createdAt = metadata.creationTimestamp ?? ''
  const seconds = secondsOf(spec.requestedExpiry ?? requestedExpiry.default)
  const longest = secondsAfter(createdAt, Math.max(secondsOf(requestedExpiry.max), seconds))
  const latest = subjectEnd === undefined ? longest : earlier(longest, subjectEnd)
  return { seconds, latest, leastSeconds: leastSecondsOf(seconds, secondsBetween(createdAt, latest)) }
}

/** The same for a request that was to be asked before: of the policy's expiry, as long as that is there. */
export function leastSecondsUnder(
  { policy: name }: EffectiveTerms,
  { metadata, spec, status }: ApprovalRequest,
  policies: readonly ApprovalPolicy[],
): number {
  const lifeSeconds = secondsBetween(metadata.creationTimestamp ?? '', status?.deadline ?? '')
  const policy = policies.find((candidate) => candidate.metadata.name === name)
  const expiry = spec.requestedExpiry ?? policy?.spec.requestedExpiry.default
  return expiry === undefined ? leastSecondsOf(lifeSeconds) : leastSecondsOf(lifeSeconds, secondsOf(expiry))
}

/** One minute, or a quarter of the time that the approver has at most. */
function leastSecondsOf(...mostSeconds: readonly number[]): number {
  return Math.min(60, Math.min(...mostSeconds) / 4)
}

/** The deadline of a request whose approver is asked now. */
export function deadlineWhenAsked({ seconds, latest }: Expiry, now: Date): Date {
  return earlier(secondsAfter(now, seconds), latest)
}

/** Is it too late to ask anyone who has until then? */
export function isTooLate(until: Date, leastSeconds: number, now: Date): boolean {
  return until.getTime() - now.getTime() < 1000 * leastSeconds
}

/** Until when a request stands that nobody is asked about, for whatever reason but other prompts. */
export function deadlineUnasked(request: ApprovalRequest, { seconds, latest }: Expiry, now: Date): Date {
  const reason = summaryOf(request)?.reason
  // Its turn has come.
  if (reason === 'Throttled') return earlier(secondsAfter(now, seconds), latest)
  const fromCreation = secondsAfter(request.metadata.creationTimestamp ?? '', seconds)
  const said = request.status?.deadline
  const isUnderPolicy = reason !== undefined && !withoutPolicy.includes(reason)
  const until =
    said !== undefined && isUnderPolicy && new Date(said) > fromCreation ? new Date(said) : fromCreation
  return earlier(until, latest)
}

/** What stood then was no policy's. */
const withoutPolicy: readonly string[] = [
  'NoMatchingPolicy',
  'AmbiguousPolicy',
  'EnvironmentMismatch',
] satisfies readonly WaitingReason[]
