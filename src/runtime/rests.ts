/**
 * Does something about a name at once, and then not again for a while, however often it is wanted meanwhile: once at the end of the rest,
 * if it was. For what somebody can have done to a process as often as they like.
 *
 *     wanted ──▶ done ── rest ──▶ (wanted meanwhile? done, rest …) ──▶ forgotten
 */
import type { Clock } from '../core/ports/surroundings.ts'
import { Timetable } from './timetable.ts'

/** What to run, and how long to rest after it. */
export type Rest = {
  readonly clock: Clock
  readonly restMs: number
  readonly run: (name: string) => void
}

/** @returns what to call with the name each time that it is wanted */
export function withRests({ clock, restMs, run }: Rest): (name: string) => void {
  /** Name → whether it was wanted since its rest began. */
  const resting = new Map<string, boolean>()
  const begin = (name: string): void => {
    resting.set(name, false)
    timetable.addAfter(name, restMs)
    run(name)
  }
  const timetable = new Timetable(clock, (name) => {
    const isWanted = resting.get(name) === true
    resting.delete(name)
    if (isWanted) begin(name)
  })
  return (name) => {
    if (resting.has(name)) resting.set(name, true)
    else begin(name)
  }
}
