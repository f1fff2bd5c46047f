/** Times and spans as people read them. */
import { secondsBetween } from '../../core/duration.ts'

/** `2026-11-23 09:32:31 UTC` */
export function utc(moment: Date | string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `09:32:31 UTC`, of what happened a moment ago. */
export function timeOfDay(moment: string): string {
  return utc(moment).slice('2026-11-23 '.length)
}

/** `9 min 12 s`; what countdown.ts makes of the same number of seconds. */
export function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [Math.floor(seconds % 60), 's'],
  ] as const
  const [first = parts[2], ...rest] = parts.slice(parts.findIndex(([amount]) => amount > 0))
  return [first, ...rest].map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}

/** Whole seconds until then, for `span`; 0 once it is past. */
export function secondsLeft(until: Date, now: Date): number {
  return Math.max(0, secondsBetween(now, until))
}
