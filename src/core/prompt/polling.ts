/** When the next token request goes out (CIBA Core §7.3, §11). Kept in memory, rebuilt from status after a restart. */
import type { Prompt } from '../../api/objects.ts'
import { earlier, later, secondsAfter } from '../duration.ts'

/** The rhythm of one prompt's token requests. */
export type Polling = {
  readonly kind: 'Polling'
  readonly nextAt: Date
  readonly intervalSeconds: number
  /** Token requests in a row that reached nobody. */
  readonly failures: number
  /** When the provider last said that the person had not answered. */
  readonly pendingAt?: Date
  /** Another process sent the prompt: until the provider says that it is pending, that one may have fetched the answer. */
  readonly isTakenOver?: true
  /** The provider will say when the answer is there; polling is for a ping that gets lost. */
  readonly awaitsPing?: boolean
}

/** CIBA Core §7.3: what holds when the provider does not say. */
export const defaultIntervalSeconds = 5
/** A provider that names a longer interval is asked once in this time. */
export const longestIntervalSeconds = 3600
const longestBackoffSeconds = 60
/** How often the token endpoint is asked although a ping is expected (CIBA Core §10.2 leaves it to the client). */
const backstopSeconds = 30

/** The first token request after a prompt goes out one pause later. */
export function startPolling(habits: Pick<Polling, 'intervalSeconds' | 'awaitsPing'>, now: Date): Polling {
  const polling = { ...habits, kind: 'Polling', failures: 0 } as const
  return { ...polling, nextAt: secondsAfter(now, pauseOf(polling)) }
}

function pauseOf({ intervalSeconds, awaitsPing }: Pick<Polling, 'intervalSeconds' | 'awaitsPing'>): number {
  return awaitsPing === true ? Math.max(intervalSeconds, backstopSeconds) : intervalSeconds
}

/** What a process that takes a prompt over knows of it besides its interval. */
type TakenOver = {
  /** Of its request; it spreads the prompts. */
  readonly uid: string
  /** Of its request. */
  readonly deadline?: Date | undefined
  /** Until when the process before may still be redeeming it. */
  readonly silentUntil?: Date | undefined
}

/**
 * When to look after a prompt that another process has sent. When that one got its last answer is not known, only that it asks nothing
 * any more: so one whole interval passes first (CIBA Core §7.3), and by uid up to one more, so that neither the provider nor the API
 * server meets a herd. Before a deadline that is sooner, less than that; at the deadline the last request goes out as by `endingAt`.
 */
export function placeAfterTakeover(
  { intervalSeconds = defaultIntervalSeconds }: Pick<Prompt, 'intervalSeconds'>,
  { uid, deadline, silentUntil }: TakenOver,
  now: Date,
): Date {
  const from = silentUntil === undefined ? now : later(silentUntil, now)
  const allowedAt = secondsAfter(now, intervalSeconds)
  const place = secondsAfter(later(allowedAt, from), intervalSeconds * shareOf(uid.slice(0, 4)))
  if (deadline === undefined) return place
  const last = later(deadline, earlier(allowedAt, secondsAfter(deadline, lastAnswerSeconds)))
  return later(earlier(place, last), from)
}

/** What failed together does not come back together: up to half of a pause more, by uid. */
export function spreadSeconds(pauseSeconds: number, uid: string): number {
  return (pauseSeconds / 2) * shareOf(uid.slice(-4))
}

/** The provider has answered `authorization_pending`: the interval stays. */
export function afterPending(polling: Polling, now: Date, retryAfterSeconds = 0): Polling {
  return next({ ...polling, pendingAt: now }, now, retryAfterSeconds)
}

/** CIBA Core §11: five seconds more, for this and every later request. */
export function afterSlowDown(polling: Polling, now: Date, retryAfterSeconds = 0): Polling {
  return next({ ...polling, intervalSeconds: polling.intervalSeconds + 5 }, now, retryAfterSeconds)
}

/** Nothing was decided: keep the prompt and ask less and less often. */
export function afterFailure(polling: Polling, now: Date, retryAfterSeconds = 0): Polling {
  const backoff = Math.max(backoffSeconds(polling.failures), pauseOf(polling), retryAfterSeconds)
  return { ...polling, nextAt: secondsAfter(now, backoff), failures: polling.failures + 1 }
}

/** For how long after the deadline a last token request may be told to slow down, which hides the answer. */
export const lastAnswerSeconds = 30

/**
 * A last token request goes out at the deadline, and one more if that was too early for the provider. None is earlier than the provider's
 * interval: the last two pauses share what is left, and what is too short for two is one.
 */
export function endingAt(deadline: Date, polling: Polling, now: Date): Polling {
  const { nextAt, intervalSeconds } = polling
  if (nextAt <= now) return polling
  const allowedAt = earlier(nextAt, secondsAfter(now, intervalSeconds))
  if (now >= deadline) {
    const last = earlier(nextAt, secondsAfter(deadline, lastAnswerSeconds))
    return { ...polling, nextAt: later(last, allowedAt) }
  }
  const left = (deadline.getTime() - now.getTime()) / 1000
  const pause = (nextAt.getTime() - now.getTime()) / 1000
  if (left < pause + intervalSeconds) return { ...polling, nextAt: later(deadline, allowedAt) }
  const isSharable = left >= 2 * pause && left < 2 * pause + intervalSeconds
  return isSharable ? { ...polling, nextAt: secondsAfter(now, left / 2) } : polling
}

/** Whether the provider's interval lets no token request out before its answer is of no use any more. */
export function comesTooLate({ nextAt }: Polling, deadline: Date): boolean {
  return nextAt > secondsAfter(deadline, lastAnswerSeconds)
}

/** 1, 2, 4, … seconds, one minute at most by default. */
export function backoffSeconds(failures: number, longestSeconds = longestBackoffSeconds): number {
  return Math.min(2 ** Math.min(failures, 10), longestSeconds)
}

/**
 * The longest pause between two attempts to send a prompt, each of which is written down before and after: a sixtieth of the time that
 * is left, between one minute and five.
 */
export function longestPauseSeconds(deadline: Date, now: Date): number {
  const left = (deadline.getTime() - now.getTime()) / 1000
  return Math.min(Math.max(left / 60, longestBackoffSeconds), 5 * longestBackoffSeconds)
}

/** Of four random hexadecimal digits: from 0 to 1. */
function shareOf(digits: string): number {
  const share = Number.parseInt(digits, 16) / 0x10000
  return Number.isNaN(share) ? 1 : share
}

function next(polling: Polling, now: Date, retryAfterSeconds: number): Polling {
  const nextAt = secondsAfter(now, Math.max(pauseOf(polling), retryAfterSeconds))
  return { ...polling, nextAt, failures: 0 }
}
