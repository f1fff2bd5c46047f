import type { KubernetesObject } from '../../api/objects.ts'
import { isRecord } from './api-error.ts'

/** One page of a list; `continue` is undefined on the last one. */
export type Page<T> = {
  readonly items: readonly T[]
  readonly resourceVersion: string
  readonly continue: string | undefined
}

/** The API server answered with something that is not the object that was asked for. */
export class KubernetesAnswerError extends Error {
  readonly code = 'ERR_KUBERNETES_ANSWER'
}

/**
 * Takes an object from the API server's JSON. Its kind's schema is the API server's to hold, so that the caller says which kind it asked
 * for; checked here is only what every object must have.
 */
export function objectFrom(value: unknown): KubernetesObject {
  if (isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === 'string') {
    return value as KubernetesObject
  }
  throw new KubernetesAnswerError('The API server answered something that has no metadata.name.')
}

/** Drops managedFields and what `kubectl apply` was given: of no use here, and often more than half of an object. */
export function withoutHistory<T extends KubernetesObject>(object: T): T {
  const { annotations = {} } = object.metadata
  const kept = Object.entries(annotations).filter(([name]) => name !== lastApplied)
  const metadata = Object.entries(object.metadata).filter(
    ([name]) => name !== 'managedFields' && name !== 'annotations',
  )
  return {
    ...object,
    metadata: {
      ...Object.fromEntries(metadata),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
  }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Reads a page of a list. Items of built-in types carry neither apiVersion nor kind; here they get those of their list.
 * @throws KubernetesAnswerError for what is not a list of objects
 */
export function pageFrom<T extends KubernetesObject>(value: unknown): Page<T> {
  if (!isRecord(value) || !isRecord(value.metadata)) {
    throw new KubernetesAnswerError('The API server answered something that is not a list.')
  }
  const { apiVersion, metadata } = value
  const kind = String(value.kind).replace(/List$/, '')
  const items = Array.isArray(value.items) ? value.items.map((item) => objectFrom(item) as T) : []
  return {
    items: items.map((item) => ({ ...item, apiVersion, kind })),
    resourceVersion: String(metadata.resourceVersion),
    continue:
      typeof metadata.continue === 'string' && metadata.continue !== '' ? metadata.continue : undefined,
  }
}
