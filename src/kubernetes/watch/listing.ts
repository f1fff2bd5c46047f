import type { KubernetesObject } from '../../api/objects.ts'
import { pageFrom } from '../client/answers.ts'
import type { Page } from '../client/answers.ts'
import { BodyTooLargeError } from '../client/body.ts'
import { collectionPath } from '../client/paths.ts'
import type { ResourceType } from '../client/paths.ts'
import type { Transport } from '../client/transport.ts'
import { watchEvents } from './watch-events.ts'
import type { WatchEvent } from './watch-events.ts'

/** Which objects a list or a watch covers; all of them if it is empty. */
export type Selection = {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

/** Which page of which objects to read. */
export type ListOptions = Selection & {
  /** The most objects on the page; 500 if absent. */
  readonly limit?: number
  /** From the page before. */
  readonly continue?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Which objects to watch, from where on, and for how long. */
export type WatchOptions = Selection & {
  /** Where an earlier watch stopped. Without it the watch begins with all objects that exist. */
  readonly resourceVersion: string | undefined
  /** After how long the API server ends the watch. */
  readonly timeoutSeconds: number
  readonly signal: AbortSignal
}

/** Reads of many objects of one kind. */
export interface Listable<T extends KubernetesObject> {
  /** One page of a consistent read; it has fewer objects where so many are too large to be read at once. */
  list(options?: ListOptions): Promise<Page<T>>
  /** @throws KubernetesApiError 4xx where the API server cannot begin a watch with what exists */
  watch(options: WatchOptions): Promise<AsyncIterable<WatchEvent<T>>>
}

/** Lists and watches of one type, with bookmarks and, without a resourceVersion, as a streaming list (`sendInitialEvents`). */
export function listable<T extends KubernetesObject>(transport: Transport, type: ResourceType): Listable<T> {
  return {
    list: ({ limit = 500, ...options } = {}) => page<T>(transport, type, { ...options, limit }),
    async watch({ signal, ...options }) {
      const path = collectionPath(type, options.namespace)
      const query = { ...selectors(options), ...watchQuery(options) }
      return watchEvents<T>(
        await transport.stream({ method: 'GET', path, query, signal, timeoutMs: type.timeoutMs }),
      )
    },
  }
}

/** How large objects are is known only once they come; one alone always fits. */
async function page<T extends KubernetesObject>(
  transport: Transport,
  type: ResourceType,
  { limit, signal, ...options }: ListOptions & { readonly limit: number },
): Promise<Page<T>> {
  const path = collectionPath(type, options.namespace)
  const query = {
    ...selectors(options),
    limit: String(limit),
    ...present({ continue: options.continue }),
  }
  try {
    return pageFrom<T>(
      await transport.request({ method: 'GET', path, query, signal, timeoutMs: type.timeoutMs }),
    )
  } catch (error) {
    if (!(error instanceof BodyTooLargeError) || limit === 1) throw error
    return page(transport, type, { ...options, signal, limit: Math.ceil(limit / 4) })
  }
}

type Query = Readonly<Record<string, string>>

function selectors({ labelSelector, fieldSelector }: Selection): Query {
  return present({ labelSelector, fieldSelector })
}

function watchQuery({ resourceVersion, timeoutSeconds }: Omit<WatchOptions, 'signal'>): Query {
  return {
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(timeoutSeconds),
    ...(resourceVersion === undefined
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion }),
  }
}

function present(query: Readonly<Record<string, string | undefined>>): Query {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
