/** The metrics of what Countersign is for: prompts, decisions, and what waits. */
import type { ApprovalRequest } from '../api/objects.ts'
import { outcomeOf, reasons, isWaiting } from '../api/reasons.ts'
import type { FinalReason, Reason, WaitingReason } from '../api/reasons.ts'
import { summaryOf } from '../core/request/conditions.ts'
import { secondsBetween } from '../core/duration.ts'
import type { ProviderExchange } from '../core/ports/provider.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { Instruments } from './instruments.ts'
import { promptEndsOf } from './prompt-ends.ts'
import { metrics } from './metrics.ts'
import type { PromptEnd } from './prompt-ends.ts'

type Change = { readonly before: ApprovalRequest; readonly after: ApprovalRequest }

/** Counts each request, and each of its prompts, once: when the request becomes final. */
export function countDecisionsBy(instruments: Instruments): (change: Change) => void {
  instruments.count('countersign_missed_pings_total', {}, 0)
  for (const end of promptEnds) instruments.count('countersign_prompt_ends_total', { end }, 0)
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
    for (const ended of promptEndsOf(after)) {
      instruments.count('countersign_prompt_ends_total', { end: ended.end })
      if (isUnpinged(after, ended)) instruments.count('countersign_missed_pings_total', {})
    }
    if (outcome !== 'Approved' && outcome !== 'Denied') return
    const seconds = secondsBetween(
      new Date(after.metadata.creationTimestamp ?? 0),
      new Date(summary.lastTransitionTime),
    )
    instruments.observe('countersign_decision_seconds', { outcome }, seconds)
  }
}

/** Counts prompts by their outcome, and observes how long each call to a provider took, in seconds. */
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

const promptEnds = metrics.countersign_prompt_ends_total.labels.end
const results = { Ok: 'ok', Pending: 'pending', Error: 'error', Unreachable: 'unreachable' } as const
const promptOutcomes = { Ok: 'prompted', Error: 'not_prompted', Unreachable: 'unknown' } as const

/**
 * What waits, and which tokens are out. Of each request a reason and a time are noted: to go through all of them at each scrape would
 * keep everything else waiting.
 * @returns to call with each change that the watch sees
 */
export function measurePending(
  instruments: Instruments,
  clock: Clock,
): (before: ApprovalRequest | undefined, after: ApprovalRequest | undefined) => void {
  const pending = new Map<string, { readonly reason: WaitingReason | 'New'; readonly since: number }>()
  /** By uid, when they expire. */
  const tokens = new Map<string, number>()
  instruments.gauge('countersign_pending_requests', () =>
    Array.from(
      Map.groupBy(pending.values(), ({ reason }) => reason),
      ([reason, each]) => [{ reason }, each.length] as const,
    ),
  )
  instruments.gauge('countersign_oldest_pending_request_seconds', () => {
    const now = clock.now().getTime()
    let oldest = now
    for (const { since } of pending.values()) oldest = Math.min(oldest, since)
    return [[{}, (now - oldest) / 1000]]
  })
  instruments.gauge('countersign_outstanding_tokens', () => {
    const now = clock.now().getTime()
    for (const [uid, expiresAt] of tokens) if (expiresAt <= now) tokens.delete(uid)
    return [[{}, tokens.size]]
  })
  return (before, after) => {
    for (const known of [pending, tokens]) known.delete(before?.metadata.uid ?? '')
    if (after === undefined) return
    const { uid = '', creationTimestamp } = after.metadata
    const { outcome, secretName, tokenExpiresAt } = after.status ?? {}
    const since = new Date(creationTimestamp ?? clock.now()).getTime()
    if (outcome === undefined) pending.set(uid, { reason: waitingFor(after), since })
    if (secretName !== undefined && tokenExpiresAt !== undefined)
      tokens.set(uid, new Date(tokenExpiresAt).getTime())
  }
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

/** An answer of a person that no ping told of. */
function isUnpinged({ status }: ApprovalRequest, { prompt, end }: PromptEnd): boolean {
  const isAnswer = end === 'Approved' || end === 'Denied'
  return status?.effective?.delivery === 'Ping' && isAnswer && prompt.pingedAt === undefined
}
