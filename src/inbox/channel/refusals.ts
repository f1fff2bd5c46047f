/** Logs that a prompt was refused: anyone who reaches the inbox can have one refused, and must not fill the log by that. */
import type { Clock, Log } from '../../core/ports/surroundings.ts'
import { tokenBucket } from '../../core/token-bucket.ts'

const said = { perSecond: 1, burst: 20 } as const

/** @returns what to call for each refusal of a bearer that proves nothing */
export function refusalLog({
  log,
  clock,
}: {
  readonly log: Log
  readonly clock: Clock
}): (reason: string) => void {
  const bucket = tokenBucket(said, clock)
  let unsaid = 0
  return (reason) => {
    if (!bucket.take()) {
      unsaid += 1
      return
    }
    log.warn('prompt refused', { reason, ...(unsaid > 0 && { unsaid }) })
    unsaid = 0
  }
}
