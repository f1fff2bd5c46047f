/** Deleting a request withdraws it. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { Withdrawal } from '../ports/subjects.ts'

/** A request that somebody deletes waits for nothing any more, however long its finalizers keep it. */
export function deletionOf({ metadata }: ApprovalRequest): Withdrawal | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined
  return { reason: 'Withdrawn', message: 'the ApprovalRequest is being deleted.', next: '' }
}
