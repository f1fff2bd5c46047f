import type { ApprovalRequest } from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Withdrawal } from '../../../core/ports/subjects.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'
import { dropRedeemed } from './drop-redeemed.ts'
import { dropStored } from './drop-stored.ts'
import type { DroppingStored } from './drop-stored.ts'

/** Withdraws only if that is still so: a watch may lag behind a Rollout that waits for the answer. A deletion is not taken back. */
export async function withdraw(
  dependencies: DroppingStored & Pick<Dependencies, 'memory' | 'subjects'>,
  request: ApprovalRequest,
  found: Withdrawal,
): Promise<ActionOutcome> {
  const isDeleted = request.metadata.deletionTimestamp !== undefined
  const withdrawal = isDeleted ? found : await dependencies.subjects.confirmWithdrawal(request)
  if (withdrawal === undefined) return { kind: 'Stale' }
  await dropRedeemed(dependencies, uidOf(request))
  await dropStored(dependencies, request)
  return { kind: 'Withdrawn', withdrawal }
}
