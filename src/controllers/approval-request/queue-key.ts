/** The work queue's name for a request, and the name that a prompt of it has among the places at providers. */
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { Observed } from '../../core/request/observed.ts'
import type { Place } from '../../runtime/places.ts'

/** The key `namespace/name` of an object in the work queue; the namespace is empty for a cluster-scoped one. */
export function queueKeyOf({ metadata }: { readonly metadata: ObjectKey }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

/** The object of a work queue key; the inverse of `queueKeyOf`. */
export function objectKeyOf(queueKey: string): ObjectKey {
  const [namespace = '', name = ''] = queueKey.split('/')
  return { namespace, name }
}

/** Each prompt waits for its provider by itself. */
export function placeOf({ request, prompt }: Pick<Observed, 'request' | 'prompt'>): Place {
  return { request: queueKeyOf(request), prompt }
}
