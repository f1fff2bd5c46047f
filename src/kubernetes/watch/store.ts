import type { KubernetesObject } from '../../api/objects.ts'
import type { Index, IndexedCache, ObjectKey, ValuesOf } from '../../core/ports/cluster.ts'
import { asObject } from './held.ts'
import type { Held, Hold } from './held.ts'

/** Called for a change of one object: `old` is undefined for a new one, `now` for a deleted one. */
export type ChangeHandler<T> = (old: T | undefined, now: T | undefined) => void

/** One handler for several: each is called with every change, whatever the others throw; `listeners` may grow. */
export function toEach<T>(
  listeners: readonly ChangeHandler<T>[],
  onError: (error: unknown) => void,
): ChangeHandler<T> {
  return (old, now) => {
    for (const listener of listeners) {
      try {
        listener(old, now)
      } catch (error) {
        onError(error)
      }
    }
  }
}

/** The names of the objects that have a value. */
type Names = Map<string, Set<string>>

/** The objects of one kind by name, which only a reflector writes. Each change is handed on after it is stored and indexed. */
export class Store<T extends KubernetesObject> implements IndexedCache<T> {
  readonly #onChange: ChangeHandler<T>
  readonly #hold: Hold<T>
  readonly #objects = new Map<string, Held<T>>()
  readonly #indexes = new Map<ValuesOf<T>, Names>()

  constructor(onChange: ChangeHandler<T>, hold: Hold<T> = asObject) {
    this.#onChange = onChange
    this.#hold = hold
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(nameOf(key))?.()
  }

  list(): readonly T[] {
    return Array.from(this.#objects.values(), (held) => held())
  }

  indexed(valuesOf: ValuesOf<T>): Index<T> {
    const names: Names = this.#indexes.get(valuesOf) ?? new Map<string, Set<string>>()
    if (!this.#indexes.has(valuesOf)) {
      this.#indexes.set(valuesOf, names)
      for (const [name, held] of this.#objects) enter(names, name, valuesOf(held()))
    }
    return (value) => this.#each([...(names.get(value) ?? [])])
  }

  names(): readonly string[] {
    return [...this.#objects.keys()]
  }

  put(object: T): void {
    const name = nameOf(object.metadata)
    const old = this.#objects.get(name)?.()
    if (old !== undefined && old.metadata.resourceVersion === object.metadata.resourceVersion) return
    this.#objects.set(name, this.#hold(object))
    this.#reindex(name, old, object)
    this.#onChange(old, object)
  }

  remove(key: ObjectKey): void {
    const name = nameOf(key)
    const old = this.#objects.get(name)?.()
    if (old === undefined) return
    this.#objects.delete(name)
    this.#reindex(name, old, undefined)
    this.#onChange(old, undefined)
  }

  /** Keeps what `present` names: the rest was deleted while nobody watched. */
  keepOnly(present: ReadonlySet<string>): void {
    const missing = [...this.#objects.keys()].filter((name) => !present.has(name))
    for (const { metadata } of this.#each(missing)) this.remove(metadata)
  }

  /** One at a time: all of a kind at once may be more than there is memory for. */
  *#each(names: readonly string[]): Generator<T, void, void> {
    for (const name of names) {
      const object = this.#objects.get(name)?.()
      if (object !== undefined) yield object
    }
  }

  #reindex(name: string, old: T | undefined, now: T | undefined): void {
    for (const [valuesOf, names] of this.#indexes) {
      if (old !== undefined) strike(names, name, valuesOf(old))
      if (now !== undefined) enter(names, name, valuesOf(now))
    }
  }
}

/** The key of an object in a store: `namespace/name`, with an empty namespace for a cluster-scoped one. */
export function nameOf({ namespace = '', name }: ObjectKey): string {
  return `${namespace}/${name}`
}

function enter(names: Names, name: string, values: readonly string[]): void {
  for (const value of values) {
    const present = names.get(value)
    if (present === undefined) names.set(value, new Set([name]))
    else present.add(name)
  }
}

function strike(names: Names, name: string, values: readonly string[]): void {
  for (const value of values) {
    const present = names.get(value)
    present?.delete(name)
    if (present?.size === 0) names.delete(value)
  }
}
