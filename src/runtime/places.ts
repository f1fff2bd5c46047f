/**
 * Places of those that wait for a provider's answer, so that providers that answer nobody do not hold all workers:
 *
 * - Calls of one kind to one provider get one more place only while they have fewer than are still free: one provider fills half of
 *   the workers, the next one half of the rest, and after about nine nothing is free until a call ends.
 * - Providers that are slow, or have not answered yet, share three quarters of the workers, by the same rule. The last quarter is for
 *   those that answer: an eighth of the workers for one kind of call at the first of them, if slow ones hold all of theirs. Who falls silent
 *   is slow after five seconds, and keeps until its calls time out what it holds by then.
 * - Of the new requests that a namespace may have worked on, half may wait for slow providers, by the same rule.
 *
 *     take ──▶ inside ◀──called── in line        `leave` ends either; whoever was called and does not come gives the place back by it
 */
import type { ProviderCall } from '../core/request/provider-call.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import { groupOf } from './fair-line.ts'
import { PlaceGroup } from './place-group.ts'

/** Who takes one: a prompt of a request, by the request's key in the work queue and the prompt's id. */
export type Place = { readonly request: string; readonly prompt: string }

/** What places are there, and how a request that waits learns that it has one. */
export type PlacesOptions = {
  /** How many requests are worked on at once, with a place or without. */
  readonly workers: number
  /** How many new requests of one namespace are worked on at once. */
  readonly newPerNamespace: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Called for a request of the line that has a place now: it must come and `take` it, or `leave`. */
  readonly call: (request: string) => void
}

type Room = { readonly all: number; readonly slow: number; readonly newIn: (namespace: string) => number }

/** Who answered longest ago is forgotten first, and has to answer once more before it is trusted. */
const mostKnown = 4096

/** Limits on how many calls of slow providers are under way at the same time, with a fair line for the others. */
export class Places {
  readonly #options: PlacesOptions
  readonly #groups = new Map<string, PlaceGroup>()
  /** Those with a line, in the order of their turns. */
  readonly #lines = new Set<PlaceGroup>()
  /** Request → prompt → the name of its group, inside or in line. */
  readonly #whereabouts = new Map<string, Map<string, string>>()
  /** Groups whose last answer came in time. */
  readonly #answering = new Set<string>()

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** @returns false if it stands in line now, or still; in one line namespaces take turns, and so do the lines */
  take(call: ProviderCall, place: Place): boolean {
    const name = `${call.purpose} ${call.provider}`
    if (this.#find(place)[0] !== name) this.leave(place)
    const group = this.#groupOf(name, call)
    const { request, prompt } = place
    this.#whereabouts.set(
      request,
      (this.#whereabouts.get(request) ?? new Map<string, string>()).set(prompt, name),
    )
    const key = keyOf(place)
    if (group.has(key) || this.#mayEnter(group, key)) {
      group.enter(key, this.#nowMs())
      return true
    }
    group.wait(key, this.#nowMs())
    this.#lines.add(group)
    return false
  }

  /** @returns milliseconds that it has stood in line; 0 if it does not */
  waitedMs(place: Place): number {
    return this.#find(place)[1]?.waitedMs(keyOf(place), this.#nowMs()) ?? 0
  }

  /** The provider has answered the call. Of what has no place, nothing happens. */
  answered(place: Place): void {
    const [name, group] = this.#find(place)
    if (group === undefined) return
    group.answered(keyOf(place), this.#nowMs())
    this.#remember(name, group)
    this.#serve()
  }

  /** Of what is neither inside nor in line, nothing happens. */
  leave(place: Place): void {
    const [name, group] = this.#find(place)
    if (group === undefined) return
    const prompts = this.#whereabouts.get(place.request)
    prompts?.delete(place.prompt)
    if (prompts?.size === 0) this.#whereabouts.delete(place.request)
    group.leave(keyOf(place), this.#nowMs())
    this.#remember(name, group)
    if (!group.isWaitedFor) this.#lines.delete(group)
    if (group.isEmpty) this.#groups.delete(name)
    this.#serve()
  }

  /** Each prompt of the request but these. */
  leaveAll(request: string, kept: ReadonlySet<string>): void {
    for (const prompt of [...(this.#whereabouts.get(request)?.keys() ?? [])])
      if (!kept.has(prompt)) this.leave({ request, prompt })
  }

  #find({ request, prompt }: Place): [string, PlaceGroup | undefined] {
    const name = this.#whereabouts.get(request)?.get(prompt) ?? ''
    return [name, this.#groups.get(name)]
  }

  #groupOf(name: string, { purpose }: ProviderCall): PlaceGroup {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const group = new PlaceGroup({ isNew: purpose === 'Prompt', hasAnswered: this.#answering.has(name) })
    this.#groups.set(name, group)
    return group
  }

  #remember(name: string, { hasAnswered }: PlaceGroup): void {
    this.#answering.delete(name)
    if (!hasAnswered) return
    this.#answering.add(name)
    const [oldest] = this.#answering
    if (this.#answering.size > mostKnown && oldest !== undefined) this.#answering.delete(oldest)
  }

  #mayEnter(group: PlaceGroup, key: string): boolean {
    const room = this.#room()
    return this.#hasRoom(group, room) && !this.#isFull(group, room)(groupOf(key))
  }

  /** One after the other of the lines, until none has anyone that may enter. A group that is added again comes last. */
  #serve(): void {
    let room = this.#lines.size === 0 ? undefined : this.#room()
    for (const group of this.#lines) {
      room ??= this.#room()
      const next = this.#hasRoom(group, room) ? group.callNext(this.#isFull(group, room)) : undefined
      if (next === undefined) continue
      room = undefined
      this.#lines.delete(group)
      if (group.isWaitedFor) this.#lines.add(group)
      this.#options.call(requestOf(next))
    }
  }

  #hasRoom(group: PlaceGroup, room: Room): boolean {
    return group.size < room.all && (!group.isSlow(this.#nowMs()) || group.size < room.slow)
  }

  #isFull(group: PlaceGroup, room: Room): (namespace: string) => boolean {
    if (!group.isNew || !group.isSlow(this.#nowMs())) return () => false
    const own = new Map<string, number>()
    group.countInto(own)
    return (namespace) => (own.get(namespace) ?? 0) >= room.newIn(namespace)
  }

  /** What is free now. */
  #room(): Room {
    const { workers, newPerNamespace } = this.#options
    const nowMs = this.#nowMs()
    const slow = [...this.#groups.values()].filter((group) => group.isSlow(nowMs))
    const newInside = new Map<string, number>()
    for (const group of slow) if (group.isNew) group.countInto(newInside)
    const most = Math.max(1, Math.floor(newPerNamespace / 2))
    return {
      all: workers - placesIn(this.#groups.values()),
      slow: Math.max(1, Math.floor((workers * 3) / 4)) - placesIn(slow),
      newIn: (namespace) => most - (newInside.get(namespace) ?? 0),
    }
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs()
  }
}

/** No name of an object has a slash in it. */
function keyOf({ request, prompt }: Place): string {
  return `${request}/${prompt}`
}

function requestOf(key: string): string {
  return key.split('/', 2).join('/')
}

function placesIn(groups: Iterable<PlaceGroup>): number {
  let places = 0
  for (const { size } of groups) places += size
  return places
}
