/** The work queue's name for a request. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'

export function queueKeyOf({ metadata }: ApprovalRequest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

export function objectKeyOf(queueKey: string): ObjectKey {
  const [namespace = '', name = ''] = queueKey.split('/')
  return { namespace, name }
}
