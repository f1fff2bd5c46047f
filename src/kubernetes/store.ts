import type { KubernetesObject } from '../api/objects.ts'
import type { Cache, ObjectKey } from '../core/ports/cluster.ts'

/** What became of one object: `old` is undefined for a new one, `now` for a deleted one. */
export type ChangeHandler<T> = (old: T | undefined, now: T | undefined) => void

/** The objects of one kind by name, which only a reflector writes. Each change is handed on after it is stored. */
export class Store<T extends KubernetesObject> implements Cache<T> {
  readonly #onChange: ChangeHandler<T>
  #objects = new Map<string, T>()

  constructor(onChange: ChangeHandler<T>) {
    this.#onChange = onChange
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(nameOf(key))
  }

  list(): readonly T[] {
    return [...this.#objects.values()]
  }

  put(object: T): void {
    const name = nameOf(object.metadata)
    const old = this.#objects.get(name)
    this.#objects.set(name, object)
    if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#onChange(old, object)
  }

  remove(key: ObjectKey): void {
    const old = this.#objects.get(nameOf(key))
    if (old === undefined) return
    this.#objects.delete(nameOf(key))
    this.#onChange(old, undefined)
  }

  /** Takes over everything that exists: what is missing there was deleted while nobody watched. */
  replace(objects: readonly T[]): void {
    const names = new Set(objects.map((object) => nameOf(object.metadata)))
    const deleted = this.list().filter((old) => !names.has(nameOf(old.metadata)))
    for (const old of deleted) this.remove(old.metadata)
    for (const object of objects) this.put(object)
  }
}

function nameOf({ namespace = '', name }: ObjectKey): string {
  return `${namespace}/${name}`
}
