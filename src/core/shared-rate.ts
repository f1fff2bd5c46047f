/**
 * A rate that those who share it cannot take from each other: each has one of its own, within one for all. Whoever asks as fast as it
 * can uses up its own, and the others find what they need.
 */
import type { Clock } from './ports/surroundings.ts'
import { tokenBucket } from './token-bucket.ts'
import type { Rate, TokenBucket } from './token-bucket.ts'

/** Rates in tokens a second, each with its burst. */
export type SharedRates = {
  /** For one of them. */
  readonly each: Rate
  /** For all of them together; without it nobody has a share in another one's. */
  readonly all?: Rate
}

/** `take` says whether the one who asks may go on, and counts it if so. */
export type SharedRate = {
  /** @param whose an address, for example */
  take(whose: string): boolean
}

/** Who was seen longest ago is forgotten first, and then has all of its own rate again. */
const mostKnown = 4096

/** It knows a bounded number of them: who was seen longest ago is forgotten first. */
export function sharedRate({ each, all }: SharedRates, clock: Pick<Clock, 'monotonicMs'>): SharedRate {
  const everyone = all === undefined ? undefined : tokenBucket(all, clock)
  const known = new Map<string, TokenBucket>()
  return {
    take(whose) {
      const own = known.get(whose) ?? tokenBucket(each, clock)
      known.delete(whose)
      known.set(whose, own)
      const [oldest] = known.keys()
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
      // Its own first: what it is refused must cost the others nothing.
      return own.take() && (everyone?.take() ?? true)
    },
  }
}
