/** The one place that writes status: by PUT with resourceVersion and uid, and only if something changes. */
import { isDeepStrictEqual } from 'node:util'
import type { ApprovalRequest, ApprovalRequestStatus } from '../../api/objects.ts'
import type { Written } from '../../core/ports/cluster.ts'
import { abridged } from '../../core/request/abridged.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import type { Dependencies } from './dependencies.ts'

/** What writing status takes, and who is notified. */
export type Applying = Pick<Dependencies, 'memory' | 'report' | 'requests' | 'slots'>

/**
 * Writes the status if it differs, and notifies everyone who keeps count of requests.
 * @returns `Applied` also where nothing had to be written
 * @throws what the API server's client throws; then it may have been written
 */
export async function applyStatus(
  { memory, report, requests, slots }: Applying,
  request: ApprovalRequest,
  status: ApprovalRequestStatus,
): Promise<Written<ApprovalRequest>> {
  if (isDeepStrictEqual(status, request.status)) return { kind: 'Applied', object: request }
  const written = await requests.replaceStatus({ ...request, status })
  if (written.kind !== 'Applied') return written
  memory.rememberReplaced(request, abridged(written.object))
  slots.seen(written.object)
  if (isNewlySaid(request, written.object)) report({ before: request, after: written.object })
  return written
}

function isNewlySaid(before: ApprovalRequest, after: ApprovalRequest): boolean {
  const [was, is] = [summaryOf(before), summaryOf(after)]
  return was?.reason !== is?.reason || was?.message !== is?.message
}
