/** The cluster, as controllers, gate and inbox see it. */
import type { KubernetesObject } from '../../api/objects.ts'

/** Where an object is; without `namespace` it is cluster-scoped. */
export type ObjectKey = { readonly namespace?: string; readonly name: string }

/**
 * `Conflict`: someone else wrote in between (409). `Gone`: no object of this name and uid. `UnknownField`: nothing was written,
 * since the API server's definition of the kind lacks a field and would have dropped it, or does not take the value; `message`
 * names it.
 */
export type Written<T> =
  | { readonly kind: 'Applied'; readonly object: T }
  | { readonly kind: 'Conflict' }
  | { readonly kind: 'Gone' }
  | { readonly kind: 'UnknownField'; readonly message: string }

/** `Refused`: the API server understood and said no (RBAC, quota, admission, invalid); `message` is its own. */
export type Created<T> =
  | { readonly kind: 'Applied'; readonly object: T }
  | { readonly kind: 'AlreadyExists' }
  | { readonly kind: 'Refused'; readonly message: string }

/** One kind of object in the API server. Faults of network and server are thrown. */
export interface Resource<T extends KubernetesObject> {
  get(key: ObjectKey): Promise<T | undefined>
  create(object: T, options?: { readonly dryRun?: boolean }): Promise<Created<T>>
  /** PUT on the status subresource; guarded by the object's own resourceVersion and uid. */
  replaceStatus(object: T): Promise<Written<T>>
  /** Guarded by uid; deleting what is gone already is `Gone`. */
  delete(key: ObjectKey, preconditions: { readonly uid: string }): Promise<'Deleted' | 'Conflict' | 'Gone'>
}

/** Looks at single objects of a kind. */
export type Reads<T extends KubernetesObject> = Pick<Resource<T>, 'get'>

/** Objects that a process keeps for itself: found by label, replaced as a whole. */
export interface Collection<T extends KubernetesObject> extends Pick<
  Resource<T>,
  'get' | 'create' | 'delete'
> {
  /** PUT; guarded by the object's own resourceVersion and uid. */
  replace(object: T): Promise<Written<T>>
  /** One page; `continue` leads to the next, and is absent on the last. */
  list(options: CollectionSelection): Promise<{
    readonly items: readonly T[]
    readonly continue: string | undefined
  }>
}

/** Objects of one namespace by their labels, `limit` at a time; `continue` is the API server's word for the next page. */
export type CollectionSelection = {
  readonly namespace: string
  readonly labelSelector: string
  readonly limit?: number
  readonly continue?: string | undefined
}

/** What a watch has seen last; may lag behind the API server. */
export interface Cache<T extends KubernetesObject> {
  get(key: ObjectKey): T | undefined
  list(): readonly T[]
}

/** The values by which an object is to be found; the same for the same object at any time. */
export type ValuesOf<T> = (object: T) => readonly string[]

/** The objects that have this value, read one by one as they are asked for. */
export type Index<T> = (value: string) => Iterable<T>

/** A cache that finds objects by more than their names, without looking at all of them. */
export interface IndexedCache<T extends KubernetesObject> extends Cache<T> {
  /**
   * Kept up to date with each change, before anyone is notified. To be called once for each use, before the watch starts; the
   * same function gives the same index.
   */
  indexed(valuesOf: ValuesOf<T>): Index<T>
  /** `namespace/name` of each object; reads none of them. */
  names(): readonly string[]
  /** How many objects there are. */
  readonly size: number
}
