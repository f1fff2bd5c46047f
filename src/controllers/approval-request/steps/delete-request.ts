import type { ApprovalRequest } from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import { keyOf } from '../../../core/object-key.ts'
import type { Dependencies } from '../dependencies.ts'

/** Deletes a request whose retention is over. */
export async function deleteRequest(
  { requests }: Pick<Dependencies, 'requests'>,
  request: ApprovalRequest,
): Promise<ActionOutcome> {
  await requests.delete(keyOf(request), { uid: request.metadata.uid ?? '' })
  return { kind: 'Stale' }
}
