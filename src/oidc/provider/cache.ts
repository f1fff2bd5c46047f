/** A small memory of slow answers: each is fetched once for all who ask at the same time, and kept for a while. */
import type { Clock } from '../../core/ports/surroundings.ts'

/** How long and how many answers are kept. */
export type Retention<T> = {
  readonly clock: Clock
  /** How long this answer is kept, from its arrival. */
  readonly secondsFor: (value: T) => number
  readonly maximumEntries: number
}

/** Answers by key; all who ask while one is fetched get the same. */
export type Memory<T> = {
  readonly recall: (key: string, fetch: () => Promise<T>) => Promise<T>
  /** Keeps a value instead of the one before. */
  readonly replace: (key: string, value: T) => void
}

type Entry<T> = { readonly value: Promise<T>; staleAtMs: number }

/** What throws is forgotten at once, and what is stale when something else is asked. The entry used longest ago makes room. */
export function createMemory<T>({ clock, secondsFor, maximumEntries }: Retention<T>): Memory<T> {
  const entries = new Map<string, Entry<T>>()

  function begin(fetch: () => Promise<T>): Entry<T> {
    const entry: Entry<T> = { value: fetch(), staleAtMs: Infinity }
    entry.value.then(
      (value) => (entry.staleAtMs = clock.monotonicMs() + secondsFor(value) * 1000),
      () => (entry.staleAtMs = -Infinity),
    )
    return entry
  }

  function forgetStale(): void {
    const now = clock.monotonicMs()
    for (const [key, { staleAtMs }] of entries) if (now >= staleAtMs) entries.delete(key)
  }

  function keep(key: string, entry: Entry<T>): void {
    entries.delete(key)
    entries.set(key, entry)
    for (const oldest of entries.keys()) {
      if (entries.size <= maximumEntries) break
      entries.delete(oldest)
    }
  }

  return {
    recall(key, fetch) {
      forgetStale()
      const entry = entries.get(key) ?? begin(fetch)
      keep(key, entry)
      return entry.value
    },
    replace(key, value) {
      keep(key, { value: Promise.resolve(value), staleAtMs: clock.monotonicMs() + secondsFor(value) * 1000 })
    },
  }
}
