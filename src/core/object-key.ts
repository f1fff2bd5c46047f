import type { KubernetesObject } from '../api/objects.ts'
import type { ObjectKey } from './ports/cluster.ts'

/** Namespace and name of an object. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): ObjectKey {
  return namespace === undefined ? { name } : { namespace, name }
}
