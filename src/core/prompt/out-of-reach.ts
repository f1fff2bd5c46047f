/** What is said of a request whose answer cannot be fetched for now, and when: once for each cause, never once for each attempt. Pure. */
import type { ApprovalRequest, ApprovalRequestStatus } from '../../api/objects.ts'
import { summaryOf } from '../request/conditions.ts'
import { pending } from '../sentences/messages.ts'
import { withVerdict } from '../request/verdict.ts'
import type { Polling } from './polling.ts'
import { withoutQuotes } from '../words.ts'

/** Nothing to write means no status. */
export type Said = { readonly status?: ApprovalRequestStatus }

/**
 * For a token request that failed. One failure is no news: the next request may be made with a Secret that was rotated, or reach a provider
 * that has restarted meanwhile.
 *
 * @param polling as it stands before this failure counts
 * @param message the sentence that says what keeps the answer out of reach, and whom to ask
 */
export function outOfReach(
  request: ApprovalRequest,
  { polling, message }: { readonly polling: Polling; readonly message: string },
  now: Date,
): Said {
  if (polling.failures === 0 || isSameCause(request, message)) return {}
  return {
    status: withVerdict(request, { kind: 'Waiting', reason: 'IdentityProviderNotReady', message }, now),
  }
}

/** For a token request after which the answer is awaited as before. */
export function withinReach(request: ApprovalRequest, now: Date): Said {
  if (!isOutOfReach(request)) return {}
  const message = pending(request, request.status?.deadline ?? '')
  return { status: withVerdict(request, { kind: 'Waiting', reason: 'AuthorizationPending', message }, now) }
}

/** The provider's own words may differ each time, by an id or a moment. */
function isSameCause(request: ApprovalRequest, message: string): boolean {
  return isOutOfReach(request) && withoutQuotes(summaryOf(request)?.message ?? '') === withoutQuotes(message)
}

function isOutOfReach(request: ApprovalRequest): boolean {
  return summaryOf(request)?.reason === 'IdentityProviderNotReady'
}
