import type { KubernetesObject } from '../api/objects.ts'
import type { ObjectKey } from './ports/cluster.ts'

/** Namespace and name of an object. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): ObjectKey {
  return namespace === undefined ? { name } : { namespace, name }
}

/** An object of which only is left what tells it, and its version, from every other. */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    ...{ apiVersion, kind },
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  }
}
