/**
 * The metrics as text, made again only so often: each time costs milliseconds, more with every connection that is open, and anyone who
 * reaches the port may ask.
 */
import type { Clock } from '../core/ports/surroundings.ts'
import { tokenBucket } from '../core/token-bucket.ts'

/** Many times what several Prometheus servers ask; together some percent of a core. */
const fresh = { perSecond: 4, burst: 10 } as const

/**
 * @param make the text
 * @returns what hands out a new text, or the newest there is to those who ask more often than four times a second
 */
export function rarely(
  make: () => Promise<string>,
  clock: Pick<Clock, 'monotonicMs'>,
): () => Promise<string> {
  const bucket = tokenBucket(fresh, clock)
  let newest: Promise<string> | undefined
  return () => {
    if (newest === undefined || bucket.take()) {
      newest = make()
      // Whoever asks next tries again.
      newest.catch(() => (newest = undefined))
    }
    return newest
  }
}
