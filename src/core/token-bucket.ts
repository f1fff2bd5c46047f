/** So many at once, and so many a second after that. */
import type { Clock } from './ports/surroundings.ts'

/** `burst` at once when nothing was taken for a while, `perSecond` in the long run. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** `take` says whether there was a token left, and takes it. */
export type TokenBucket = { take(): boolean }

/** @param clock monotonic, so that a machine whose time is set gives nothing away */
export function tokenBucket({ perSecond, burst }: Rate, clock: Pick<Clock, 'monotonicMs'>): TokenBucket {
  let [tokens, filledMs] = [burst, clock.monotonicMs()]
  return {
    take: () => {
      const nowMs = clock.monotonicMs()
      tokens = Math.min(burst, tokens + ((nowMs - filledMs) / 1000) * perSecond)
      filledMs = nowMs
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
