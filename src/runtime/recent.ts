/** What was learned a moment ago, by name: it is kept for a while, and no more of it than there is room for. */
import type { Clock } from '../core/ports/surroundings.ts'

/** How long something is kept, in milliseconds, and how many things at most. */
export type Retention = {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly keptMs: number
  readonly most: number
}

/** A map that forgets: what is too old, and for something new what is oldest. Nothing is left of names that nobody asks for any more. */
export class Recent<T> {
  readonly #retention: Retention
  /** The oldest first. */
  readonly #entries = new Map<string, { readonly value: T; readonly sinceMs: number }>()

  constructor(retention: Retention) {
    this.#retention = retention
  }

  /** How much is kept now, what is too old included until something else is set. */
  get size(): number {
    return this.#entries.size
  }

  /** @returns undefined for what is too old too */
  get(name: string): T | undefined {
    const entry = this.#entries.get(name)
    return entry === undefined || this.#isOld(entry.sinceMs) ? undefined : entry.value
  }

  set(name: string, value: T): void {
    this.#entries.delete(name)
    this.#entries.set(name, { value, sinceMs: this.#retention.clock.monotonicMs() })
    for (const [oldest, { sinceMs }] of this.#entries) {
      if (this.#entries.size <= this.#retention.most && !this.#isOld(sinceMs)) return
      this.#entries.delete(oldest)
    }
  }

  delete(name: string): void {
    this.#entries.delete(name)
  }

  #isOld(sinceMs: number): boolean {
    return this.#retention.clock.monotonicMs() - sinceMs >= this.#retention.keptMs
  }
}
