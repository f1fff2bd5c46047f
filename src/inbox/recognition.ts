/**
 * Whether a prompt that the provider brings is one that the operator asked for. Other clients of the provider can name an
 * ApprovalRequest too; a person would see the operator's question and answer theirs.
 */
import type { ApprovalRequest } from '../api/objects.ts'
import { grantOf } from '../core/approval/authorization-details.ts'
import { digestOf } from '../core/approval/digest.ts'
import type { ChannelRequest } from './channel-request.ts'

/** @returns what does not fit, or undefined if everything does. W1 comes before the prompt, so the terms are written. */
export function misfitOf(
  request: ApprovalRequest | undefined,
  { ref, digest, loginHint, authorizationDetails }: ChannelRequest,
  clientID: string,
): string | undefined {
  if (request?.metadata.uid !== ref.uid) return 'there is no such ApprovalRequest'
  const { effective, outcome } = request.status ?? {}
  if (outcome !== undefined) return `the ApprovalRequest is closed: ${outcome}`
  if (request.metadata.deletionTimestamp !== undefined) return 'the ApprovalRequest is being deleted'
  if (digestOf(request) !== digest) return 'approval_digest is not that of the ApprovalRequest'
  if (effective?.clientID !== clientID) return 'the ApprovalRequest is asked through another client'
  if (!effective.approvers.some(({ hint }) => hint === loginHint))
    return 'login_hint is no approver of the ApprovalRequest'
  if (authorizationDetails !== undefined) {
    const grant = grantOf(request, authorizationDetails)
    if (grant.kind === 'Refused') return `authorization_details: ${grant.message}`
  }
  return undefined
}
