import type { ObjectKey } from '../../core/ports/cluster.ts'
import { badRequest } from './api-error.ts'

/** What one kind of object is called in URLs. */
export type ResourceType = {
  readonly apiVersion: string
  readonly plural: string
  readonly namespaced: boolean
  /** How long one call may take; 30 seconds if absent. */
  readonly timeoutMs?: number
}

/**
 * The path of all objects of a type, in one namespace or everywhere.
 * @throws KubernetesApiError for a name that could not be one
 */
export function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const root = type.apiVersion.includes('/') ? `/apis/${type.apiVersion}` : `/api/${type.apiVersion}`
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : ''
  return `${root}${scope}/${type.plural}`
}

/**
 * The path of one object.
 * @throws KubernetesApiError for a name that could not be one
 */
export function objectPath(type: ResourceType, key: ObjectKey): string {
  return `${collectionPath(type, key.namespace)}/${segment(key.name)}`
}

/** The API server decodes `%2F` before it takes a path apart, so escaping alone would let a name reach a subresource. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw badRequest(`${JSON.stringify(name)} cannot be the name of an object.`)
  }
  return encodeURIComponent(name)
}
