/** What the approver reads in the inbox of a request that has ended, for each reason: the outcome and why, for her and not for its requester. */
import { isWaiting, reasons } from '../../../src/api/reasons.ts'
import type { FinalReason, Reason } from '../../../src/api/reasons.ts'

/** Where it is something else than the meaning of the reason. */
const own: Partial<Record<FinalReason, string>> = {
  Approved: 'You approved this request at',
  ApprovedWithChanges: 'with wait 15m instead of 5m. The operator has received your answer.',
  AccessDenied: 'This request was denied at',
  RequestExpired: 'the operator received no answer in time.',
}

/** Part of the page’s text; undefined for a reason of a request that only waits. */
export function inboxTextOf(reason: Reason): string | undefined {
  if (isWaiting(reason) && reasons[reason].stands === 'Waiting') return undefined
  return own[reason as FinalReason] ?? reasons[reason].meaning
}

/** What is of use to a requester only. */
export const forRequesters = /kubectl|ask again|platform engineer|resume|retry/i
