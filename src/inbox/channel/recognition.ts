/**
 * Whether a prompt that the provider brings is one that the operator asked for. Other clients of the provider can name an
 * ApprovalRequest too; a person would see the operator's request and answer theirs.
 */
import type { ApprovalRequest } from '../../api/objects.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import { grantOf } from '../../core/action/authorization-details.ts'
import { digestOf } from '../../api/digest.ts'
import type { ChannelRequest } from './body.ts'

/**
 * Why a prompt is refused: `reason` for the log, `told` for whoever brought it. Of a request that another client asks, `told`
 * says as much as of one that does not exist.
 */
export type Mismatch = { readonly reason: string; readonly told: string }

/**
 * Compares a prompt with the ApprovalRequest that it names. Its terms are written before the prompt is sent (W1), so they are
 * there.
 * @param clientID the `azp` of the verified bearer
 * @returns the mismatch, or undefined if everything matches
 */
export function mismatchOf(
  request: ApprovalRequest | undefined,
  { ref, digest, loginHint, authorizationDetails }: ChannelRequest,
  clientID: string,
): Mismatch | undefined {
  if (request?.metadata.uid !== ref.uid) return { reason: 'there is no such ApprovalRequest', told: notAsked }
  const { effective, outcome } = request.status ?? {}
  if (effective?.clientID !== clientID)
    return { reason: 'the ApprovalRequest is asked through another client', told: notAsked }
  if (outcome !== undefined) return told(`the ApprovalRequest is closed: ${outcome}`)
  if (request.metadata.deletionTimestamp !== undefined) return told('the ApprovalRequest is being deleted')
  if (digestOf(request) !== digest) return told('approval_digest is not that of the ApprovalRequest')
  const prompt = promptOf(request, ref.prompt)
  if (prompt === undefined) return told('approval_request names a prompt that the operator did not send')
  if (!effective.approvers.some(({ hint, name }) => hint === loginHint && name === prompt.approver))
    return told('login_hint is not the approver of the prompt')
  if (authorizationDetails !== undefined) {
    const grant = grantOf(request, authorizationDetails)
    if (grant.kind === 'Refused') return told(`authorization_details: ${grant.message}`)
  }
  return undefined
}

const notAsked = 'approval_request names no ApprovalRequest that this client asks'

function told(reason: string): Mismatch {
  return { reason, told: reason }
}
