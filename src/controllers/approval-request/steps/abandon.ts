import type { ApprovalRequest, EffectiveTerms } from '../../../api/objects.ts'
import * as say from '../../../core/sentences/messages.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'
import { dropRedeemed } from './drop-redeemed.ts'

/** Ends a request whose IdentityProvider names another issuer or client than the one that prompted the approver. */
export async function abandon(
  dependencies: Pick<Dependencies, 'memory'>,
  request: ApprovalRequest,
  terms: EffectiveTerms,
): Promise<ActionOutcome> {
  await dropRedeemed(dependencies, uidOf(request))
  return { kind: 'Refused', reason: 'IdentityProviderChanged', message: say.providerChanged(request, terms) }
}
