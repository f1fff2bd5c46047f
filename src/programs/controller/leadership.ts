/** The election of the one replica that reconciles. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { secondsAfter } from '../../core/duration.ts'
import type { Ownership } from '../../core/ports/ownership.ts'
import { credentialsFrom } from '../../kubernetes/client/credentials.ts'
import { LeaseElection } from '../../kubernetes/lease.ts'
import { createTransport } from '../../kubernetes/client/transport.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Foundation } from './foundation.ts'

const name = 'countersign-controller'

/** This replica's part in the election, by a Lease of the operator's namespace. */
export type Election = {
  readonly ownership: Ownership
  /** Begins to compete. `onElected` is called at most once; the loss of the Lease ends the process. */
  start(onElected: () => void): void
  stop(): Promise<void>
}

/**
 * Competes on connections of its own. After a holder that went silent, `lease.holdUntil` lets time pass before lost tokens are
 * given up.
 */
export function createElection({ flags, log, instruments }: Foundation): Election {
  // Hundreds of reconciles may queue for the controllers' connections; a renewal must not wait behind them.
  const transport = createTransport(credentialsFrom(flags.kubeconfig))
  let elected: () => void = () => undefined
  let silentUntil: Date | undefined
  // Whoever leads owns every request.
  const ownership = { owns: () => election.isHeld(), silentUntil: () => silentUntil }
  const election = new LeaseElection({
    transport,
    key: { namespace: flags.namespace, name },
    identity: `${hostname()}_${randomUUID()}`,
    clock: systemClock,
    onAcquired: (predecessor) => {
      log.info('leading', { predecessor })
      if (predecessor === 'Silent') silentUntil = secondsAfter(systemClock.now(), flags.holdSeconds)
      elected()
    },
    onLost: () => {
      log.error('lease lost, ending so that no two controllers act')
      process.exit(1)
    },
    onError: (error) => {
      log.warn('lease not renewed, will be tried again', { error: String(error) })
    },
    leaseSeconds: flags.leaseSeconds,
    renewDeadlineSeconds: flags.renewDeadlineSeconds,
    retrySeconds: flags.retrySeconds,
  })
  instruments.gauge('leader_election_master_status', () => [[{ name }, election.isHeld() ? 1 : 0]])
  return {
    ownership,
    start: (onElected) => {
      elected = onElected
      election.start()
    },
    stop: async () => {
      await election.stop()
      await transport.close()
    },
  }
}
