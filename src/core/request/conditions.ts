/** The conditions of an ApprovalRequest. */
import type { ApprovalRequest, Condition } from '../../api/objects.ts'
import { outcomeOf } from '../../api/reasons.ts'
import type { FinalReason, WaitingReason } from '../../api/reasons.ts'
import { conditionOf } from '../condition.ts'

/** What is to be said about a request: still waiting and why, or final and why. */
export type Verdict =
  | { readonly kind: 'Waiting'; readonly reason: WaitingReason; readonly message: string }
  | { readonly kind: 'Final'; readonly reason: FinalReason; readonly message: string }

/** `Complete` as the summary, and once final one condition named as the outcome. */
export function conditionsFor(request: ApprovalRequest, verdict: Verdict, now: Date): readonly Condition[] {
  const set = (type: string, status: 'True' | 'False'): Condition =>
    conditionOf(request, { type, status, reason: verdict.reason, message: verdict.message }, now)
  switch (verdict.kind) {
    case 'Waiting':
      return [set('Complete', 'False')]
    case 'Final':
      return [set('Complete', 'True'), set(outcomeOf(verdict.reason), 'True')]
  }
}

/** Whether `Complete` has this message, as far as it found room there. */
export function isSaid(request: ApprovalRequest, message: string): boolean {
  const said = summaryOf(request)?.message ?? ''
  return said !== '' && message.startsWith(said)
}

/** The reason and message that `Complete` has now. */
export function summaryOf(request: ApprovalRequest): Condition | undefined {
  return request.status?.conditions?.find(({ type }) => type === 'Complete')
}
