/** Wakes of a process whose passes a test runs by itself. */
import type { Wakes } from '../../../src/controllers/approval-request/wake.ts'

export const noWakes: Wakes = { soon: () => undefined, now: () => undefined, withRests: (run) => run }
