import type { Clock } from '../core/ports/surroundings.ts'
import { FairLine, groupOf } from './fair-line.ts'
import { Timetable } from './timetable.ts'

const firstRetryMs = 5
const longestRetryMs = 1_000_000
const retryJitter = 0.1

/** Called for what happens to keys, for metrics. */
export type QueueObserver = {
  onAdded(): void
  /** A worker got a key that had waited so long. */
  onTaken(waitedSeconds: number): void
  onDone(workedSeconds: number): void
  /** A key comes back after a growing pause. */
  onRetry(): void
}

/**
 * `Due`: its appointment has come, somebody waits for an answer. `Added`: everything else, retries too, which have no time
 * to keep.
 */
type Lane = 'Due' | 'Added'

/** How many new objects of one namespace are worked on at once: an eighth of what all may have, and a few anyway. */
export function shareOf(concurrency: number): number {
  return Math.max(Math.ceil(concurrency / 8), Math.min(concurrency, 8))
}

type QueueOptions = {
  readonly random?: () => number
  readonly observer?: QueueObserver
  /** How many new keys of one namespace are worked on at once. */
  readonly mostPerNamespace?: number
}

/** `sinceMs` by the monotonic clock. */
type Entry = { readonly key: string; readonly lane: Lane; readonly sinceMs: number }

/**
 * Keys that need a reconcile. A key waits at most once, however often it is added, and is never handed out twice at a time: what
 * is added while it is worked on waits until `done`.
 *
 *     add ──▶ waiting ──get──▶ processing ──done──▶ (gone)
 *                ▲                │ add                │
 *                └────────────── dirty ◀── done ───────┘
 *
 * Every `get` must be followed by one `done`. `get` also drops the key's appointment in the timetable, because the reconcile
 * that begins reads everything again and makes a new one.
 *
 * A key waits in one of two lanes, and whoever is free serves the lane on which fewer work. So what is due does not wait
 * behind any number of new ones, and what is new is not kept out by providers that hold every token request open, as by a
 * strict priority (controller-runtime's priority queue) it would be. Within a lane namespaces take turns; of what is new, one namespace
 * has so many at work at most, since what the others do waits behind all of that at every step.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #observer: QueueObserver | undefined
  readonly #timetable: Timetable
  readonly #waiting = new Map<string, Entry>()
  readonly #lanes: Readonly<Record<Lane, FairLine>> = { Due: new FairLine(), Added: new FairLine() }
  readonly #processing = new Map<string, Entry>()
  readonly #workers: Record<Lane, number> = { Due: 0, Added: 0 }
  readonly #mostPerNamespace: number
  /** Namespace → how many of its keys of the lane `Added` are worked on. */
  readonly #atWork = new Map<string, number>()
  #lastTaken: Lane = 'Added'
  /** What was added while it was worked on, and how. */
  readonly #dirty = new Map<string, Lane>()
  readonly #failures = new Map<string, number>()
  readonly #takers: ((key: string | undefined) => void)[] = []
  #state: 'Open' | 'Paused' | 'ShutDown' = 'Open'

  constructor(
    clock: Clock,
    { random = Math.random, observer, mostPerNamespace = Infinity }: QueueOptions = {},
  ) {
    this.#mostPerNamespace = mostPerNamespace
    this.#clock = clock
    this.#random = random
    this.#observer = observer
    this.#timetable = new Timetable(clock, (key) => {
      this.#add(key, this.#failures.has(key) ? 'Added' : 'Due')
    })
  }

  /** How many keys wait for a worker. */
  get depth(): number {
    return this.#waiting.size
  }

  /** How many keys are worked on. */
  get active(): number {
    return this.#processing.size
  }

  /** How many keys wait for their time. */
  get scheduled(): number {
    return this.#timetable.size
  }

  add(key: string): void {
    this.#add(key, 'Added')
  }

  /** Takes nothing until `resume`: a replica that does not work would keep the name of everything that ever was. */
  pause(): void {
    this.#state = 'Paused'
  }

  /** @param keys of everything that exists: whatever was added meanwhile is one of them, or gone */
  resume(keys: Iterable<string>): void {
    this.#state = 'Open'
    for (const key of keys) this.add(key)
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#state === 'Open') this.#timetable.addAfter(key, delayMs)
  }

  /**
   * At a moment of the wall clock, waited for monotonically. It may have been counted from a `Date`, which has lost what came
   * after its last whole millisecond, and a token request that is too early by that is told to slow down: hence one more.
   */
  addAt(key: string, at: Date): void {
    this.addAfter(key, at.getTime() - this.#clock.now().getTime() + 1)
  }

  /** After a pause that doubles with each call since the last `forget`: 5 ms to 1,000 s, and up to a tenth more. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#observer?.onRetry()
    const pauseMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs)
    this.addAfter(key, pauseMs * (1 + retryJitter * this.#random()))
  }

  /** The next `addRateLimited` begins with the shortest pause again. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down. */
  get(): Promise<string | undefined> {
    if (this.#state === 'ShutDown') return Promise.resolve(undefined)
    const key = this.#next()
    return key === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(key)
  }

  done(key: string): void {
    const entry = this.#processing.get(key)
    if (entry === undefined) return
    this.#observer?.onDone((this.#clock.monotonicMs() - entry.sinceMs) / 1000)
    this.#processing.delete(key)
    this.#workers[entry.lane] -= 1
    if (entry.lane === 'Added') this.#count(key, -1)
    const lane = this.#dirty.get(key)
    this.#dirty.delete(key)
    if (lane !== undefined) this.#add(key, lane)
    this.#serve()
  }

  /** Hands out nothing any more, not even what waits: the next process finds it again by itself. */
  shutDown(): void {
    this.#state = 'ShutDown'
    this.#timetable.stop()
    for (const taker of this.#takers.splice(0)) taker(undefined)
  }

  #add(key: string, lane: Lane): void {
    if (this.#state !== 'Open') return
    if (this.#processing.has(key)) {
      if (this.#dirty.get(key) !== 'Due') this.#dirty.set(key, lane)
      return
    }
    const present = this.#waiting.get(key)
    if (present?.lane === lane || present?.lane === 'Due') return
    const entry = { key, lane, sinceMs: present?.sinceMs ?? this.#clock.monotonicMs() }
    if (present === undefined) this.#observer?.onAdded()
    else this.#lanes[present.lane].remove(key)
    this.#waiting.set(key, entry)
    this.#lanes[lane].push(key)
    this.#serve()
  }

  /** Workers may be idle although keys wait, whose namespaces have enough at work. */
  #serve(): void {
    while (this.#takers.length > 0) {
      const key = this.#next()
      if (key === undefined) return
      this.#takers.shift()?.(key)
    }
  }

  #next(): string | undefined {
    const [first, second] = this.#turns()
    const next = this.#shift(first) ?? this.#shift(second)
    if (next === undefined) return undefined
    this.#waiting.delete(next.key)
    return this.#take(next)
  }

  /** The lane on which fewer work goes first; of two alike, the one that was not served last. */
  #turns(): readonly [Lane, Lane] {
    const more = this.#workers.Due - this.#workers.Added
    const isDueFirst = more === 0 ? this.#lastTaken === 'Added' : more < 0
    return isDueFirst ? ['Due', 'Added'] : ['Added', 'Due']
  }

  #shift(lane: Lane): Entry | undefined {
    const isFull = (namespace: string): boolean =>
      lane === 'Added' && (this.#atWork.get(namespace) ?? 0) >= this.#mostPerNamespace
    const key = this.#lanes[lane].shift(isFull)
    return key === undefined ? undefined : this.#waiting.get(key)
  }

  #take({ key, lane, sinceMs }: Entry): string {
    const nowMs = this.#clock.monotonicMs()
    this.#observer?.onTaken((nowMs - sinceMs) / 1000)
    this.#processing.set(key, { key, lane, sinceMs: nowMs })
    this.#workers[lane] += 1
    if (lane === 'Added') this.#count(key, 1)
    this.#lastTaken = lane
    this.#timetable.cancel(key)
    return key
  }

  /** Objects without a namespace are nobody's, and not counted. */
  #count(key: string, change: 1 | -1): void {
    const namespace = groupOf(key)
    if (namespace === '') return
    const count = (this.#atWork.get(namespace) ?? 0) + change
    if (count === 0) this.#atWork.delete(namespace)
    else this.#atWork.set(namespace, count)
  }
}
