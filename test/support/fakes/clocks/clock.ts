/** Time in tests: it starts at another instant in each run, which is printed when something fails. */
import type { Clock } from '../../../../src/core/ports/surroundings.ts'
import { secondsAfter, timestamp } from '../../../../src/core/duration.ts'

/** A whole second between 2001 and 2099; `START=<instant>` repeats a run. */
export const start = new Date(process.env.START ?? (978_310_000 + Math.floor(Math.random() * 3.1e9)) * 1000)

process.on('exit', (code) => {
  if (code !== 0) process.stderr.write(`The clock started at START=${start.toISOString()}\n`)
})

/** So many seconds after the start. */
export function t(seconds: number): Date {
  return secondsAfter(start, seconds)
}

/** The same as the API server writes it. */
export function at(seconds: number): string {
  return timestamp(t(seconds))
}

export type ManualClock = Clock & { advance(seconds: number): void }

/** Stands still unless it is told to move. */
export function manualClock(): ManualClock {
  let seconds = 0
  return {
    now: () => t(seconds),
    monotonicMs: () => seconds * 1000,
    advance: (more) => void (seconds += more),
  }
}
