/** The metrics of what Countersign is for: prompts, decisions, and what waits. */
import type { ApprovalRequest } from '../api/objects.ts'
import { outcomeOf, reasons } from '../api/reasons.ts'
import type { FinalReason, Reason, WaitingReason } from '../api/reasons.ts'
import { isWaiting } from '../api/reasons.ts'
import { summaryOf } from '../core/approval/conditions.ts'
import { secondsBetween } from '../core/duration.ts'
import type { Cache } from '../core/ports/cluster.ts'
import type { ProviderExchange } from '../core/ports/provider.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { Instruments } from './instruments.ts'

type Change = { readonly before: ApprovalRequest; readonly after: ApprovalRequest }

/** Counts each request once, when it becomes final. */
export function countDecisionsBy(instruments: Instruments): (change: Change) => void {
  instruments.count('countersign_missed_pings_total', {}, 0)
  // A series that begins with its first event hides that event from rate() and increase().
  for (const reason of Object.keys(reasons) as Reason[])
    if (isFinal(reason))
      instruments.count('countersign_decisions_total', { outcome: outcomeOf(reason), reason }, 0)
  return ({ before, after }) => {
    const { outcome } = after.status ?? {}
    const summary = summaryOf(after)
    if (outcome === undefined || before.status?.outcome !== undefined || summary === undefined) return
    const reason = summary.reason as Reason
    if (isFinal(reason)) instruments.count('countersign_decisions_total', { outcome, reason })
    if (outcome !== 'Approved' && outcome !== 'Denied') return
    if (isUnpinged(after)) instruments.count('countersign_missed_pings_total', {})
    const seconds = secondsBetween(
      new Date(after.metadata.creationTimestamp ?? 0),
      new Date(summary.lastTransitionTime),
    )
    instruments.observe('countersign_decision_seconds', { outcome }, seconds)
  }
}

export function countExchangesBy(instruments: Instruments): (exchange: ProviderExchange) => void {
  for (const outcome of Object.values(promptOutcomes))
    instruments.count('countersign_prompts_total', { outcome }, 0)
  return ({ endpoint, result, seconds }) => {
    const labels = { endpoint, result: results[result] }
    instruments.observe('countersign_provider_request_seconds', labels, seconds)
    if (endpoint !== 'backchannel_authentication' || result === 'Pending') return
    instruments.count('countersign_prompts_total', { outcome: promptOutcomes[result] })
  }
}

const results = { Ok: 'ok', Pending: 'pending', Error: 'error', Unreachable: 'unreachable' } as const
const promptOutcomes = { Ok: 'prompted', Error: 'not_prompted', Unreachable: 'unknown' } as const

/** Computed when asked, from what the watch has seen. */
export function measurePending(
  instruments: Instruments,
  requests: Cache<ApprovalRequest>,
  clock: Clock,
): void {
  const pending = (): readonly ApprovalRequest[] =>
    requests.list().filter(({ status }) => status?.outcome === undefined)
  instruments.gauge('countersign_pending_requests', () =>
    Array.from(Map.groupBy(pending(), waitingFor), ([reason, each]) => [{ reason }, each.length] as const),
  )
  instruments.gauge('countersign_oldest_pending_request_seconds', () => {
    const now = clock.now()
    const ages = pending().map(({ metadata }) =>
      secondsBetween(new Date(metadata.creationTimestamp ?? now), now),
    )
    return [[{}, ages.reduce((oldest, age) => Math.max(oldest, age), 0)]]
  })
  instruments.gauge('countersign_outstanding_tokens', () => {
    const now = clock.now()
    return [[{}, requests.list().filter((request) => holdsToken(request, now)).length]]
  })
}

function waitingFor(request: ApprovalRequest): WaitingReason | 'New' {
  const reason = summaryOf(request)?.reason
  return reason !== undefined && Object.hasOwn(reasons, reason) && isWaiting(reason as Reason)
    ? (reason as WaitingReason)
    : 'New'
}

function isFinal(reason: Reason): reason is FinalReason {
  return reasons[reason].stands !== 'Waiting'
}

function isUnpinged({ status }: ApprovalRequest): boolean {
  return status?.effective?.delivery === 'Ping' && status.prompts?.[0]?.pingedAt === undefined
}

function holdsToken({ status }: ApprovalRequest, now: Date): boolean {
  return (
    status?.secretName !== undefined &&
    status.tokenExpiresAt !== undefined &&
    new Date(status.tokenExpiresAt) > now
  )
}
