/** The work queue's name for a request. */
import type { ObjectKey } from '../../core/ports/cluster.ts'

export function queueKeyOf({ metadata }: { readonly metadata: ObjectKey }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

export function objectKeyOf(queueKey: string): ObjectKey {
  const [namespace = '', name = ''] = queueKey.split('/')
  return { namespace, name }
}
