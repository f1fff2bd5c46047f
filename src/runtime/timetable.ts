import type { Clock } from '../core/ports/surroundings.ts'
import { Heap } from './heap.ts'

type Appointment = { readonly key: string; readonly dueMs: number; place: number }

/** Node fires a timer at once when its delay does not fit into 31 bits. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Calls `onDue` for each key when its time has come: one timer for any number of keys, so that 100,000 waiting requests
 * cost memory only. A key has one appointment and the earliest wins: to come too early costs one reconcile that finds nothing
 * to do, to come too late loses an answer. `cancel` makes room for a later one. What is still to come keeps no process running that
 * has closed everything else.
 */
export class Timetable {
  readonly #clock: Clock
  readonly #onDue: (key: string) => void
  readonly #heap = new Heap<Appointment>()
  readonly #appointments = new Map<string, Appointment>()
  #timer: NodeJS.Timeout | undefined
  #timerMs = Infinity

  constructor(clock: Clock, onDue: (key: string) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  get size(): number {
    return this.#appointments.size
  }

  /**
   * A delay of nothing, or less, is due at the next turn of the event loop.
   * @throws RangeError for NaN, of which no timer knows when it is over
   */
  addAfter(key: string, delayMs: number): void {
    if (Number.isNaN(delayMs)) throw new RangeError(`no time was given for ${key}`)
    const dueMs = this.#clock.monotonicMs() + Math.max(0, delayMs)
    const present = this.#appointments.get(key)
    if (present !== undefined && present.dueMs <= dueMs) return
    this.cancel(key)
    const appointment = { key, dueMs, place: 0 }
    this.#appointments.set(key, appointment)
    this.#heap.add(appointment)
    this.#setTimer()
  }

  /** Does nothing for a key without an appointment. */
  cancel(key: string): void {
    const present = this.#appointments.get(key)
    if (present === undefined) return
    this.#appointments.delete(key)
    this.#heap.remove(present)
  }

  /** Forgets every appointment. */
  stop(): void {
    for (const key of [...this.#appointments.keys()]) this.cancel(key)
    clearTimeout(this.#timer)
    this.#timerMs = Infinity
  }

  /** A timer that goes off for nothing, after a `cancel`, is cheaper than setting it again each time. */
  #setTimer(): void {
    const dueMs = this.#heap.first?.dueMs ?? Infinity
    if (dueMs >= this.#timerMs) return
    clearTimeout(this.#timer)
    this.#timerMs = dueMs
    const delayMs = Math.ceil(dueMs - this.#clock.monotonicMs())
    this.#timer = setTimeout(
      () => {
        this.#ring()
      },
      Math.min(Math.max(1, delayMs), longestTimerMs),
    ).unref()
  }

  #ring(): void {
    this.#timerMs = Infinity
    const nowMs = this.#clock.monotonicMs()
    for (let next = this.#heap.first; next !== undefined && next.dueMs <= nowMs; next = this.#heap.first) {
      this.cancel(next.key)
      this.#onDue(next.key)
    }
    this.#setTimer()
  }
}
