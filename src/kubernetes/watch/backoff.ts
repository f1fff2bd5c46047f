/** Pauses between attempts: the first after 0.8 s, each twice as long, never above 30 s, and up to double by chance. */
export type Backoff = {
  /** @returns milliseconds to wait now */
  next(): number
  /** Begins again; to be called when things have gone well for a while. */
  reset(): void
}

const firstMs = 800
const longestMs = 30_000

/** Chance keeps replicas from coming back all at once after an outage. */
export function createBackoff(random: () => number = Math.random): Backoff {
  let pauseMs = firstMs
  return {
    next() {
      const now = pauseMs
      pauseMs = Math.min(pauseMs * 2, longestMs)
      return now * (1 + random())
    },
    reset() {
      pauseMs = firstMs
    },
  }
}
