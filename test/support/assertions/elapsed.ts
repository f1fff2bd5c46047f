/** Real time in tests against processes, which have no clock but the system's. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Visit } from '../fakes/providers/company.ts'

const longestSeconds = 30
const pauseMs = 20
/** What a busy machine may add. */
const toleranceSeconds = 3

/** Returns once this holds. */
export async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  withinSeconds = longestSeconds,
): Promise<void> {
  const deadline = performance.now() + withinSeconds * 1000
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `not within ${withinSeconds} s: ${what}`)
    await sleep(pauseMs)
  }
}

/** Seconds from each answer to the next request. */
export function pausesBetween(visits: readonly Visit[]): readonly number[] {
  return visits.slice(1).map(({ from }, index) => (from - (visits[index]?.until ?? 0)) / 1000)
}

/** Each pause is as long as it should be, and not much longer. */
export function assertSeconds(pauses: readonly number[], wanted: readonly number[]): void {
  const isFit = wanted.every((seconds, index) => {
    const pause = pauses[index] ?? 0
    // The two clocks measure from different ends of an exchange.
    return pause >= seconds - 0.1 && pause < seconds + toleranceSeconds
  })
  assert.ok(
    isFit && pauses.length === wanted.length,
    `pauses of ${pauses.join(', ')} s, not ${wanted.join(', ')} s`,
  )
}
