import type { ApprovalRequest } from '../../../api/objects.ts'
import * as say from '../../../core/sentences/messages.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'
import { dropRedeemed } from './drop-redeemed.ts'

/** Ends a request at its deadline. A token in hand whose provider is gone can be verified no more, and is dropped. */
export async function expire(
  dependencies: Pick<Dependencies, 'memory'>,
  request: ApprovalRequest,
  tooLateFor: Date | undefined,
): Promise<ActionOutcome> {
  const { effective } = request.status ?? {}
  if ((await dropRedeemed(dependencies, uidOf(request))) && effective !== undefined) {
    const message = say.providerDeleted(request, effective)
    return { kind: 'Refused', reason: 'IdentityProviderChanged', message }
  }
  return { kind: 'Expired', ...(tooLateFor !== undefined && { tooLateFor }) }
}
