import type { KubernetesObject } from '../../api/objects.ts'
import { KubernetesAnswerError, objectFrom } from '../client/answers.ts'
import { apiErrorFrom, isRecord } from '../client/api-error.ts'
import { linesOf } from './json-lines.ts'

/** etcd takes 1.5 MiB for an object. */
const longestLine = 4 * 1024 * 1024

const initialEventsEnd = 'k8s.io/initial-events-end'

/**
 * One line of a watch. A `Bookmark` only says how far the stream has come; `isSynced` marks the one after the last of the
 * objects that existed when the watch began.
 */
export type WatchEvent<T> =
  | { readonly kind: 'Changed'; readonly object: T; readonly resourceVersion: string }
  | { readonly kind: 'Deleted'; readonly object: T; readonly resourceVersion: string }
  | { readonly kind: 'Bookmark'; readonly isSynced: boolean; readonly resourceVersion: string }

/**
 * Reads a watch, line by line.
 * @throws KubernetesApiError for an `ERROR` in the stream, for example 410 when the resourceVersion is too old
 */
export async function* watchEvents<T extends KubernetesObject>(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>, void, void> {
  for await (const line of linesOf(chunks, longestLine)) yield eventFrom<T>(JSON.parse(line))
}

function eventFrom<T extends KubernetesObject>(line: unknown): WatchEvent<T> {
  const { type, object } = isRecord(line) ? line : {}
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { kind: 'Changed', object: objectFrom(object) as T, resourceVersion: versionOf(object) }
    case 'DELETED':
      return { kind: 'Deleted', object: objectFrom(object) as T, resourceVersion: versionOf(object) }
    case 'BOOKMARK':
      return { kind: 'Bookmark', isSynced: isInitialEnd(object), resourceVersion: versionOf(object) }
    case 'ERROR':
      throw apiErrorFrom(object, { status: 500 })
    default:
      throw new KubernetesAnswerError('A watch delivered a line that is no event.')
  }
}

function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  return isRecord(object) && isRecord(object.metadata) ? object.metadata : {}
}

function versionOf(object: unknown): string {
  const { resourceVersion } = metadataOf(object)
  if (typeof resourceVersion === 'string') return resourceVersion
  throw new KubernetesAnswerError('A watch delivered an object without resourceVersion.')
}

function isInitialEnd(object: unknown): boolean {
  const { annotations } = metadataOf(object)
  return isRecord(annotations) && annotations[initialEventsEnd] === 'true'
}
