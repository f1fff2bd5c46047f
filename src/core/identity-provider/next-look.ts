/** When a provider is looked at again. */
import type { IdentityProviderStatus } from '../../api/objects.ts'
import type { ProviderReason } from '../../api/provider-reasons.ts'
import { secondsAfter } from '../duration.ts'

/** How often a provider is looked at; the randomness keeps many from being looked at in one moment. */
export type Rhythm = {
  readonly now: Date
  /** Between two looks at a provider that is ready. */
  readonly intervalSeconds: number
  /** From 0 to 1. */
  readonly random: number
}

const soonestSeconds = 1
const latestSeconds = 60
const jitter = 0.1
/** Nothing but another spec changes it. */
const ofSpecAlone: ProviderReason = 'AmbiguousClient'

/**
 * One that is not ready is looked at in growing pauses, each half of the time for which it has not been, so that the rhythm
 * needs no memory. What changes by itself, such as a Secret, is found so too: it may not be watched.
 */
export function nextLook(status: IdentityProviderStatus, { now, intervalSeconds, random }: Rhythm): Date {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  const spread = 1 + jitter * (2 * random - 1)
  const isSettled = ready?.status !== 'False' || ready.reason === ofSpecAlone
  if (isSettled) return secondsAfter(now, intervalSeconds * spread)
  const unreadyForSeconds = (now.getTime() - new Date(ready.lastTransitionTime).getTime()) / 1000
  const pause = Math.min(Math.max(unreadyForSeconds / 2, soonestSeconds), latestSeconds, intervalSeconds)
  return secondsAfter(now, pause * spread)
}
