/** How long ago a person may have proved who she is (the provider's `auth_time`). */
import { clockToleranceSeconds } from '../../core/duration.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'

/**
 * How old a login may be. `toOpen` a request: one login serves a few of them. `toAnswer`: leaves time to read what was opened.
 */
export const maxAgeSeconds = { toOpen: 5 * 60, toAnswer: 10 * 60 } as const

/** For what a login is wanted. */
export type Purpose = keyof typeof maxAgeSeconds

/** Whether the provider authenticated this person recently enough; false where it did not say when (no `auth_time`). */
export function isFresh({ authTime }: LoggedInPerson, now: Date, atMostSeconds: number): boolean {
  if (authTime === undefined) return false
  const ageSeconds = now.getTime() / 1000 - authTime
  // The provider's clock may be ahead.
  return ageSeconds <= atMostSeconds && ageSeconds >= -clockToleranceSeconds
}
