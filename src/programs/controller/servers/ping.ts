/** Where OpenID Providers say that an answer is there; on every replica. */
import { sharedRate } from '../../../core/shared-rate.ts'
import { createPing } from '../../../ping/app.ts'
import { readRates, receivePing } from '../../../ping/receive.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ServerDefinition } from '../parts.ts'

/** The client notification endpoint (CIBA Core §10.2); off unless `--ping-bind-address` is set. */
export const pingServer: ServerDefinition = {
  name: 'ping',
  address: ({ pingBindAddress }) => pingBindAddress,
  tls: ({ pingTls }) => pingTls,
  connect: ({ caches, instruments, log, resources, sealer }) => {
    const { requests } = resources
    const reads = sharedRate(readRates, systemClock)
    const receiver = { requests, cache: caches.requests.cache, sealer, reads, clock: systemClock, log }
    return createPing({
      receive: (ping) => receivePing(receiver, ping),
      onAnswer: (answer) => {
        instruments.count('countersign_pings_total', { answer })
      },
      log,
    })
  },
}
