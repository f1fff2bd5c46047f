/** Says that a server has more connections than it keeps: once a minute at most, since each one is an attacker's to make. */
import type { Clock, Log } from '../core/ports/surroundings.ts'

const pauseMs = 60_000

/** Where the warning is logged, and which server it names. */
export type CrowdReport = {
  readonly clock: Clock
  readonly log: Log
  /** Its name, as in the other lines about it. */
  readonly server: string
}

/** @returns what to call for each connection that was closed, with its address */
export function crowdReport({ clock, log, server }: CrowdReport): (address: string) => void {
  let saidMs = -Infinity
  let closed = 0
  return (address) => {
    closed += 1
    if (clock.monotonicMs() - saidMs < pauseMs) return
    saidMs = clock.monotonicMs()
    log.warn('too many connections, those that wait longest are closed', { server, address, closed })
    closed = 0
  }
}
