/** A clock that stands still until it is moved, and takes the timers of the process along. */
import { mock } from 'node:test'
import type { TestContext } from 'node:test'
import type { Clock } from '../../../../src/core/ports/surroundings.ts'
import { start } from './clock.ts'

export interface FakeClock extends Clock {
  /** Lets time pass in one leap, then fires every timer that has fallen due. */
  pass(ms: number): void
}

/** Until the test is over, `setTimeout` and `Date` follow this clock. */
export function fakeClock(t: TestContext): FakeClock {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start })
  t.after(() => {
    mock.timers.reset()
  })
  return {
    now: () => new Date(),
    monotonicMs: () => Date.now(),
    pass: (ms) => {
      mock.timers.tick(ms)
    },
  }
}
