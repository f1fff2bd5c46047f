import type { Clock } from '../core/ports/surroundings.ts'

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}
