/** A line in which namespaces take turns: who adds 20,000 keys at once keeps another namespace's one waiting for one turn. */

type Link<T> = { readonly value: T; previous: Link<T> | undefined; next: Link<T> | undefined }

/** Takes any entry out in the same time, however many there are. */
class LinkedList<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  push(value: T): Link<T> {
    const link = { value, previous: this.#last, next: undefined }
    if (this.#last === undefined) this.#first = link
    else this.#last.next = link
    this.#last = link
    return link
  }

  shift(): T | undefined {
    const first = this.#first
    if (first !== undefined) this.remove(first)
    return first?.value
  }

  /** Passes over as many as it has to. */
  find(isWanted: (value: T) => boolean): Link<T> | undefined {
    let link = this.#first
    while (link !== undefined && !isWanted(link.value)) link = link.next
    return link
  }

  remove(link: Link<T>): void {
    if (link.previous === undefined) this.#first = link.next
    else link.previous.next = link.next
    if (link.next === undefined) this.#last = link.previous
    else link.next.previous = link.previous
  }
}

type Group = { readonly name: string; readonly keys: LinkedList<string> }

/** A queue of keys `namespace/name` that serves namespaces in turn; `push` and `remove` take constant time. */
export class FairLine {
  readonly #turns = new LinkedList<Group>()
  readonly #groups = new Map<string, { readonly group: Group; readonly turn: Link<Group> }>()
  readonly #places = new Map<string, Link<string>>()

  /** Adds a key that is not in the line yet. */
  push(key: string): void {
    const name = groupOf(key)
    const group = this.#groups.get(name)?.group ?? this.#begin({ name, keys: new LinkedList() })
    this.#places.set(key, group.keys.push(key))
  }

  /** @param isFull whether a namespace, `''` for objects without one, has to let others go first */
  shift(isFull: (namespace: string) => boolean = () => false): string | undefined {
    const turn = this.#turns.find(({ name }) => !isFull(name))
    const group = turn?.value
    const key = group?.keys.shift()
    if (turn === undefined || group === undefined || key === undefined) return undefined
    this.#turns.remove(turn)
    this.#places.delete(key)
    if (group.keys.isEmpty) this.#groups.delete(group.name)
    else this.#begin(group)
    return key
  }

  /** Does nothing for a key that is not in the line. */
  remove(key: string): void {
    const [place, known] = [this.#places.get(key), this.#groups.get(groupOf(key))]
    if (place === undefined || known === undefined) return
    this.#places.delete(key)
    known.group.keys.remove(place)
    if (!known.group.keys.isEmpty) return
    this.#groups.delete(known.group.name)
    this.#turns.remove(known.turn)
  }

  #begin(group: Group): Group {
    this.#groups.set(group.name, { group, turn: this.#turns.push(group) })
    return group
  }
}

/** The namespace; objects without one are in one group. */
export function groupOf(key: string): string {
  return key.slice(0, Math.max(key.indexOf('/'), 0))
}
