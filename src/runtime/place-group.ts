/** Those that wait for answers of one kind from one provider, and those that stand in line to do so. */
import { FairLine, groupOf } from './fair-line.ts'

/** Who is held for longer waits for a provider that is slow, or dead. */
const slowMs = 5000

/** One line, and who is past it. Whether there is room is for `Places` to say. */
export class PlaceGroup {
  /** `isNew`: whether its keys are new requests, of which a namespace has a share. */
  readonly isNew: boolean
  /** Key → since when by the monotonic clock; undefined for one that was called and has not come yet. */
  readonly #inside = new Map<string, number | undefined>()
  readonly #line = new FairLine()
  /** Key → since when by the monotonic clock. */
  readonly #waiting = new Map<string, number>()
  #hasAnswered: boolean

  /** @param hasAnswered whether its last answer came in time; a provider that nobody knows yet is slow until it has answered */
  constructor({ isNew, hasAnswered }: { readonly isNew: boolean; readonly hasAnswered: boolean }) {
    this.isNew = isNew
    this.#hasAnswered = hasAnswered
  }

  get size(): number {
    return this.#inside.size
  }

  get isWaitedFor(): boolean {
    return this.#waiting.size > 0
  }

  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  get isEmpty(): boolean {
    return this.#inside.size === 0 && this.#waiting.size === 0
  }

  /** @param nowMs by the monotonic clock, as below */
  isSlow(nowMs: number): boolean {
    if (!this.#hasAnswered) return true
    for (const sinceMs of this.#inside.values()) if (sinceMs !== undefined) return nowMs - sinceMs >= slowMs
    return false
  }

  has(key: string): boolean {
    return this.#inside.has(key)
  }

  /** From here on its time counts. */
  enter(key: string, nowMs: number): void {
    this.#waiting.delete(key)
    if (this.#inside.get(key) !== undefined) return
    this.#inside.delete(key)
    this.#inside.set(key, nowMs)
  }

  wait(key: string, nowMs: number): void {
    if (this.#waiting.has(key)) return
    this.#waiting.set(key, nowMs)
    this.#line.push(key)
  }

  /** @returns milliseconds in line; 0 for one that is not in it */
  waitedMs(key: string, nowMs: number): number {
    return nowMs - (this.#waiting.get(key) ?? nowMs)
  }

  /** Gives a place to the next of the line, if there is one of a namespace that is not full. */
  callNext(isFull: (namespace: string) => boolean): string | undefined {
    const next = this.#line.shift(isFull)
    if (next === undefined) return undefined
    this.#waiting.delete(next)
    this.#inside.set(next, undefined)
    return next
  }

  /** The provider has answered: what is left to do with the answer is timed by itself. */
  answered(key: string, nowMs: number): void {
    const sinceMs = this.#inside.get(key)
    if (sinceMs === undefined) return
    this.#hasAnswered = nowMs - sinceMs < slowMs
    this.#inside.delete(key)
    this.#inside.set(key, nowMs)
  }

  leave(key: string, nowMs: number): void {
    if (this.#waiting.delete(key)) this.#line.remove(key)
    const sinceMs = this.#inside.get(key)
    this.#inside.delete(key)
    if (sinceMs !== undefined && nowMs - sinceMs >= slowMs) this.#hasAnswered = false
  }

  /** Adds to `counts` how many of each namespace are inside. */
  countInto(counts: Map<string, number>): void {
    for (const key of this.#inside.keys()) {
      const namespace = groupOf(key)
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1)
    }
  }
}
