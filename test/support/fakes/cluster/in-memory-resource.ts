/** One kind of object in an API server that is a Map: uid, resourceVersion and preconditions as the real one has them. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubernetesObject, ObjectMeta } from '../../../../src/api/objects.ts'
import type {
  Collection,
  Created,
  IndexedCache,
  ObjectKey,
  Resource,
  Written,
} from '../../../../src/core/ports/cluster.ts'
import { at } from '../clocks/clock.ts'

export type Verb = 'get' | 'list' | 'create' | 'dryRun' | 'replace' | 'replaceStatus' | 'delete'
export type Call = { readonly verb: Verb; readonly name: string }

export type Hooks = {
  readonly before?: (call: Call) => unknown
  readonly after?: (call: Call) => unknown
}

export type InMemoryResource<T extends KubernetesObject> = Resource<T> &
  Collection<T> & {
    /** What a watch has seen: everything at once, unless it was frozen. */
    readonly cache: IndexedCache<T> & { freeze(): void; catchUp(): void }
    /** Every call since the beginning, in order. */
    readonly calls: readonly Call[]
    /** Run before and after each call; they may throw, or write in between. */
    interpose(hooks: Hooks): void
    /** As if the API server's definition of the kind knew only what `isKnown` lets pass. */
    define(isKnown: (object: T) => boolean): void
    /** As if another client had written it, whatever was there; a missing uid is made up. */
    put(object: T): T
    remove(name: string): void
    held(name: string): T | undefined
  }

export function inMemoryResource<T extends KubernetesObject>(): InMemoryResource<T> {
  const objects = new Map<string, T>()
  const calls: Call[] = []
  let frozen: ReadonlyMap<string, T> | undefined
  let hooks: Hooks = {}
  let isKnown: (object: T) => boolean = () => true
  const seen = (): ReadonlyMap<string, T> => frozen ?? objects

  /** Objects cross a wire, so nothing undefined and nothing shared survives. */
  const store = (object: T, metadata: ObjectMeta): T => {
    const stored = JSON.parse(JSON.stringify({ ...object, metadata })) as T
    objects.set(object.metadata.name, stored)
    return stored
  }
  const call = async <R>(verb: Verb, { name }: ObjectKey, act: () => R): Promise<R> => {
    calls.push({ verb, name })
    await hooks.before?.({ verb, name })
    const result = act()
    await hooks.after?.({ verb, name })
    return result
  }
  const create = (object: T): Created<T> => {
    if (objects.has(object.metadata.name)) return { kind: 'AlreadyExists' }
    return { kind: 'Applied', object: store(object, { ...object.metadata, ...born() }) }
  }
  const rehearse = (object: T): Created<T> =>
    objects.has(object.metadata.name) ? { kind: 'AlreadyExists' } : { kind: 'Applied', object }
  const replaceWith = (object: T, changes: (existing: T) => T): Written<T> => {
    const existing = objects.get(object.metadata.name)
    if (existing === undefined || existing.metadata.uid !== object.metadata.uid) return { kind: 'Gone' }
    if (!isKnown(object)) return { kind: 'UnknownField', message: 'unknown field "status.a"' }
    if (existing.metadata.resourceVersion !== object.metadata.resourceVersion) return { kind: 'Conflict' }
    const wanted = changes(existing)
    // The API server writes nothing for no change.
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(wanted)), existing))
      return { kind: 'Applied', object: existing }
    return { kind: 'Applied', object: store(wanted, { ...wanted.metadata, resourceVersion: next() }) }
  }
  const replaceStatus = (object: T): Written<T> =>
    replaceWith(object, (existing) => ({
      ...existing,
      ...('status' in object && { status: object.status }),
    }))
  const list: Collection<T>['list'] = ({ labelSelector, limit = 500, continue: from = '0' }) => {
    const [label = '', value] = labelSelector.split('=')
    const items = [...objects.values()].filter(({ metadata: { labels = {} } }) =>
      value === undefined ? label in labels : labels[label] === value,
    )
    const end = Number(from) + limit
    return call('list', { name: labelSelector }, () => ({
      items: items.slice(Number(from), end),
      continue: end < items.length ? String(end) : undefined,
    }))
  }

  return {
    get: (key) => call('get', key, () => objects.get(key.name)),
    create: (object, options) =>
      options?.dryRun === true
        ? call('dryRun', object.metadata, () => rehearse(object))
        : call('create', object.metadata, () => create(object)),
    list,
    replace: (object) => call('replace', object.metadata, () => replaceWith(object, () => object)),
    replaceStatus: (object) => call('replaceStatus', object.metadata, () => replaceStatus(object)),
    delete: (key, { uid }) =>
      call('delete', key, () => {
        if (objects.get(key.name)?.metadata.uid !== uid) return 'Gone'
        objects.delete(key.name)
        return 'Deleted'
      }),
    cache: {
      get: ({ name }) => seen().get(name),
      list: () => [...seen().values()],
      indexed: (valuesOf) => (value) =>
        [...seen().values()].filter((object) => valuesOf(object).includes(value)),
      names: () =>
        Array.from(seen().values(), ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
      get size() {
        return seen().size
      },
      freeze: () => void (frozen = new Map(objects)),
      catchUp: () => void (frozen = undefined),
    },
    calls,
    interpose: (wanted) => void (hooks = wanted),
    define: (claim) => void (isKnown = claim),
    put: (object) => store(object, { uid: randomUUID(), ...object.metadata, resourceVersion: next() }),
    remove: (name) => void objects.delete(name),
    held: (name) => objects.get(name),
  }
}

function born(): Partial<ObjectMeta> {
  return { uid: randomUUID(), resourceVersion: next(), generation: 1, creationTimestamp: at(0) }
}

let lastVersion = 1000

function next(): string {
  return String(++lastVersion)
}
