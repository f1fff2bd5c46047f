/** What this process remembers between passes; a restart may lose all of it. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { ActionOutcome } from '../../core/request/outcome.ts'
import type { Progress } from '../../core/request/observed.ts'
import type { ProviderConnection } from '../../core/ports/provider.ts'

export type Remembered = {
  readonly progress?: Progress | undefined
  /** Our own last write, or a newer version that we met, until the watch has caught up with it. */
  readonly written?: ApprovalRequest | undefined
  /** By which a token was redeemed that is not stored yet. */
  readonly connection?: ProviderConnection | undefined
  /** The outcome of something that cannot be repeated, until it is written. */
  readonly unwritten?: ActionOutcome | undefined
}

/** Keyed by uid, so that a new object of an old name starts anew. */
export type Memory = {
  recall(uid: string): Remembered
  remember(uid: string, change: Remembered): void
  forget(uid: string): void
  /** Something around the request has changed: check again without waiting for the backoff to end, unless the provider named it. */
  retryNow(uid: string): void
}

export function createMemory(): Memory {
  const entries = new Map<string, Remembered>()
  const recall = (uid: string): Remembered => entries.get(uid) ?? {}
  const remember = (uid: string, change: Remembered): void => {
    const all = Object.entries({ ...recall(uid), ...change }).filter(([, value]) => value !== undefined)
    // Of most requests there is nothing to remember most of the time.
    if (all.length === 0) entries.delete(uid)
    else entries.set(uid, Object.fromEntries(all))
  }
  return {
    recall,
    remember,
    forget: (uid) => {
      entries.delete(uid)
    },
    retryNow: (uid) => {
      const { progress } = recall(uid)
      if (progress?.kind === 'Backoff' && progress.isOrdered !== true) remember(uid, { progress: undefined })
    },
  }
}
