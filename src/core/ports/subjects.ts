/** What a request is about, where the operator can see that: a Rollout that waits for the answer. */
import type { ApprovalRequest, ApprovalRequestStatus } from '../../api/objects.ts'

/** Why a request is withdrawn without an answer. */
export type Withdrawal = {
  readonly reason: 'Withdrawn' | 'Superseded' | 'GateBypassed'
  readonly message: string
  /** What to do next, where that is something else than what the reason says. */
  readonly next?: string
}

/** A fact about the subject that the operator read itself, as it stands in `status.computed`. */
export type ComputedFact = NonNullable<ApprovalRequestStatus['computed']>[number]

/** What requests are about, as far as the operator can see it. */
export interface Subjects {
  /** By what the watches show, which may lag behind; undefined for a request that nobody here knows the subject of. */
  withdrawalOf(request: ApprovalRequest): Withdrawal | undefined
  /** Until when the subject waits for an answer, by what the watches show; undefined where nothing says so. */
  endOf(request: ApprovalRequest): Date | undefined
  /** By reads made for this answer. */
  confirmWithdrawal(request: ApprovalRequest): Promise<Withdrawal | undefined>
  /** What was measured about the subject, for the approver. */
  measure(request: ApprovalRequest): Promise<readonly ComputedFact[]>
}
