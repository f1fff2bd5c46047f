import type { Clock } from '../core/ports/surroundings.ts'
import { Timetable } from './timetable.ts'

const firstRetryMs = 5
const longestRetryMs = 1_000_000
const retryJitter = 0.1

/** Told of what happens to keys, for metrics. */
export type QueueObserver = {
  onAdded(): void
  /** A worker got a key that had waited so long. */
  onTaken(waitedSeconds: number): void
  onDone(workedSeconds: number): void
  /** A key comes back after a growing pause. */
  onRetry(): void
}

/**
 * Keys that need a pass. A key waits at most once, however often it is added, and is never handed out twice at a time: what
 * is added while it is worked on waits until `done`.
 *
 *     add ──▶ waiting ──get──▶ processing ──done──▶ (gone)
 *                ▲                │ add                │
 *                └────────────── dirty ◀── done ───────┘
 *
 * Every `get` must be followed by one `done`. `get` also drops the key's appointment in the timetable, because the pass
 * that begins reads everything again and makes a new one.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #observer: QueueObserver | undefined
  readonly #timetable: Timetable
  /** Since when, by the monotonic clock. */
  readonly #waiting = new Map<string, number>()
  readonly #order = new Fifo()
  /** Since when, by the monotonic clock. */
  readonly #processing = new Map<string, number>()
  readonly #dirty = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #takers: ((key: string | undefined) => void)[] = []
  #isShutDown = false

  constructor(
    clock: Clock,
    { random = Math.random, observer }: { random?: () => number; observer?: QueueObserver } = {},
  ) {
    this.#clock = clock
    this.#random = random
    this.#observer = observer
    this.#timetable = new Timetable(clock, (key) => {
      this.add(key)
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
    if (this.#isShutDown) return
    if (this.#processing.has(key)) {
      this.#dirty.add(key)
      return
    }
    if (this.#waiting.has(key)) return
    const nowMs = this.#clock.monotonicMs()
    this.#observer?.onAdded()
    const taker = this.#takers.shift()
    if (taker !== undefined) {
      taker(this.#take(key, nowMs))
      return
    }
    this.#waiting.set(key, nowMs)
    this.#order.push(key)
  }

  addAfter(key: string, delayMs: number): void {
    if (!this.#isShutDown) this.#timetable.addAfter(key, delayMs)
  }

  /** At a moment of the wall clock, waited for monotonically. */
  addAt(key: string, at: Date): void {
    this.addAfter(key, at.getTime() - this.#clock.now().getTime())
  }

  /** After a pause that doubles with each call since the last `forget`: 5 ms to 1,000 s, and up to a tenth more. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#observer?.onRetry()
    const pauseMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs)
    this.addAfter(key, pauseMs * (1 + retryJitter * this.#random()))
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down. */
  get(): Promise<string | undefined> {
    if (this.#isShutDown) return Promise.resolve(undefined)
    const first = this.#order.shift()
    if (first === undefined) return new Promise((resolve) => this.#takers.push(resolve))
    const sinceMs = this.#waiting.get(first) ?? this.#clock.monotonicMs()
    this.#waiting.delete(first)
    return Promise.resolve(this.#take(first, sinceMs))
  }

  done(key: string): void {
    const sinceMs = this.#processing.get(key)
    if (sinceMs !== undefined) this.#observer?.onDone((this.#clock.monotonicMs() - sinceMs) / 1000)
    this.#processing.delete(key)
    if (this.#dirty.delete(key)) this.add(key)
  }

  /** Hands out nothing any more, not even what waits: the next process finds it again by itself. */
  shutDown(): void {
    this.#isShutDown = true
    this.#timetable.stop()
    for (const taker of this.#takers.splice(0)) taker(undefined)
  }

  #take(key: string, waitingSinceMs: number): string {
    const nowMs = this.#clock.monotonicMs()
    this.#observer?.onTaken((nowMs - waitingSinceMs) / 1000)
    this.#processing.set(key, nowMs)
    this.#timetable.cancel(key)
    return key
  }
}

/** `Array.shift`, and a `Set` that is emptied from its front, take time in proportion to what they hold. */
class Fifo {
  #incoming: string[] = []
  #outgoing: string[] = []

  push(key: string): void {
    this.#incoming.push(key)
  }

  shift(): string | undefined {
    if (this.#outgoing.length === 0) {
      this.#outgoing = this.#incoming.reverse()
      this.#incoming = []
    }
    return this.#outgoing.pop()
  }
}
