/** One prompt is in flight for an approver and a requester; a question that is before approvers holds a slot with each. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'

/** @returns a key for each approver, by which questions that are in each other's way are found */
export function slotsOf(
  { spec }: ApprovalRequest,
  { issuer, approvers }: Pick<EffectiveTerms, 'issuer' | 'approvers'>,
): readonly string[] {
  return approvers.map(({ hint }) => JSON.stringify([issuer, hint, spec.requester.username]))
}

/** The slots that a request holds: none before it is put before approvers, nor once it has an outcome. */
export function heldSlotsOf(request: ApprovalRequest): readonly string[] {
  const { effective, outcome } = request.status ?? {}
  return effective === undefined || outcome !== undefined ? [] : slotsOf(request, effective)
}
