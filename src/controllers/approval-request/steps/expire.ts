import type { ApprovalRequest } from '../../../api/objects.ts'
import * as say from '../../../core/sentences/messages.ts'
import { onlyPromptOf } from '../../../core/prompt/prompt.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'
import { dropRedeemed } from './drop-redeemed.ts'

/**
 * Ends a request at its deadline, or one of several prompts. A token in hand whose provider is gone can be verified no more, and is
 * dropped; that of another prompt is its own matter.
 */
export async function expire(
  dependencies: Pick<Dependencies, 'memory'>,
  request: ApprovalRequest,
  tooLateFor: Date | undefined,
): Promise<ActionOutcome> {
  const { effective } = request.status ?? {}
  const own = onlyPromptOf(request)?.id
  const isDropped = await dropRedeemed(dependencies, uidOf(request), (prompt) => prompt === own)
  if (isDropped && effective !== undefined) {
    const message = say.providerDeleted(request, effective)
    return { kind: 'Refused', reason: 'IdentityProviderChanged', message }
  }
  return { kind: 'Expired', ...(tooLateFor !== undefined && { tooLateFor }) }
}
