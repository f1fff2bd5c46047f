/**
 * Places in groups: so many keys of one group may be inside at once, the others stand in line and are called. A provider that answers
 * nobody fills the places of its own group, and leaves the workers to the others.
 *
 *     take ──▶ inside ◀──called── in line        `leave` ends either; whoever was called and does not come gives the place back by it
 */
import { FairLine } from './fair-line.ts'

/** The size of each group, and how a waiting key learns that it has a place. */
export type PlacesOptions = {
  /** How many keys of one group may be inside. */
  readonly most: number
  /** Called for a key of the line that has a place now: it must `take` it, or `leave`. */
  readonly call: (key: string) => void
}

type Group = { readonly inside: Set<string>; readonly line: FairLine; readonly waiting: Set<string> }

/** A limit on how many keys of one group work at the same time, with a fair line for the others. */
export class Places {
  readonly #most: number
  readonly #call: (key: string) => void
  readonly #groups = new Map<string, Group>()
  /** Key → the name of its group, inside or in line. */
  readonly #whereabouts = new Map<string, string>()

  constructor({ most, call }: PlacesOptions) {
    this.#most = most
    this.#call = call
  }

  /** Takes a place in the group `name`. @returns false if the key waits in line now, or still; in one line namespaces take turns */
  take(name: string, key: string): boolean {
    if (this.#whereabouts.get(key) !== name) this.leave(key)
    const group = this.#groups.get(name) ?? { inside: new Set(), line: new FairLine(), waiting: new Set() }
    if (group.inside.has(key)) return true
    this.#groups.set(name, group)
    this.#whereabouts.set(key, name)
    if (group.inside.size < this.#most) {
      group.inside.add(key)
      return true
    }
    if (!group.waiting.has(key)) {
      group.waiting.add(key)
      group.line.push(key)
    }
    return false
  }

  /** Gives the place, or the turn in line, back; does nothing for a key that has neither. */
  leave(key: string): void {
    const name = this.#whereabouts.get(key)
    const group = name === undefined ? undefined : this.#groups.get(name)
    if (name === undefined || group === undefined) return
    this.#whereabouts.delete(key)
    if (group.waiting.delete(key)) group.line.remove(key)
    if (!group.inside.delete(key)) return
    const next = group.line.shift()
    if (next === undefined) {
      if (group.inside.size === 0) this.#groups.delete(name)
      return
    }
    group.waiting.delete(next)
    group.inside.add(next)
    this.#call(next)
  }
}
