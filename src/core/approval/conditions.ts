/** The one place that sets conditions. */
import type { ApprovalRequest, Condition } from '../../api/objects.ts'
import type { reasons } from '../../api/reasons.ts'
import { outcomeOf, type FinalReason, type WaitingReason } from '../../api/reasons.ts'
import { timestamp } from '../duration.ts'

/** What is to be said about a request: still waiting and why, or final and why. */
export type Verdict =
  | { readonly kind: 'Waiting'; readonly reason: WaitingReason; readonly message: string }
  | { readonly kind: 'Final'; readonly reason: FinalReason; readonly message: string }

const maxMessageLength = 1024

/** `Complete` as the summary, and once final one condition named as the outcome. */
export function conditionsFor(request: ApprovalRequest, verdict: Verdict, now: Date): readonly Condition[] {
  const set = (type: string, status: 'True' | 'False'): Condition =>
    condition(request, { type, status, ...verdict }, now)
  switch (verdict.kind) {
    case 'Waiting':
      return [set('Complete', 'False')]
    case 'Final':
      return [set('Complete', 'True'), set(outcomeOf(verdict.reason), 'True')]
  }
}

/** The reason and message that `Complete` has now. */
export function summaryOf(request: ApprovalRequest): Condition | undefined {
  return request.status?.conditions?.find(({ type }) => type === 'Complete')
}

type Said = Pick<Condition, 'type' | 'status' | 'message'> & { readonly reason: keyof typeof reasons }

/** `lastTransitionTime` moves only when the status does, `observedGeneration` always. */
function condition({ metadata, status }: ApprovalRequest, said: Said, now: Date): Condition {
  const before = status?.conditions?.find(({ type }) => type === said.type)
  return {
    type: said.type,
    status: said.status,
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    lastTransitionTime: before?.status === said.status ? before.lastTransitionTime : timestamp(now),
    reason: said.reason,
    message: said.message.slice(0, maxMessageLength),
  }
}
