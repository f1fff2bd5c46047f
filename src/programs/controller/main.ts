/** `countersign controller`: connects everything, decides nothing. Every replica serves HTTP; the Lease holder reconciles. */
import packageJson from '../../../package.json' with { type: 'json' }
import { setTimeout as delay } from 'node:timers/promises'
import { createExperiences } from '../../controllers/identity-provider/experiences.ts'
import type { Controller } from '../../runtime/runner.ts'
import { closeOnSignal } from '../../runtime/shutdown.ts'
import { createInstruments } from '../../telemetry/instruments.ts'
import { createLog } from '../../telemetry/log.ts'
import { createCaches } from './caches.ts'
import { prepareControllers } from './controllers.ts'
import { createFoundation, loadSealer } from './foundation.ts'
import { createElection } from './leadership.ts'
import { createLimits } from './limits.ts'
import { createRolloutCaches } from './argo-rollouts/caches.ts'
import { startServers } from './servers.ts'
import { parseControllerFlags } from './flags.ts'

/** The time that a prompt or a token request under way has to be written down; the Pod's grace period must be longer. */
const drainMs = 40_000

const flags = parseControllerFlags()
const startedAt = performance.now()
const log = createLog('controller', flags.logLevel)
process.on('unhandledRejection', (error) => {
  log.error('unhandled rejection', { error: String(error) })
  process.exit(1)
})
const instruments = createInstruments()
instruments.gauge('countersign_build_info', () => [
  [{ version: packageJson.version, node: process.version }, 1],
])

const foundation = createFoundation({ flags, log, instruments })
const caches = createCaches(foundation)
const rolloutCaches = createRolloutCaches(foundation)
const watches = [...Object.values(caches), ...Object.values(rolloutCaches)]
const election = createElection(foundation)
const parts = {
  ...foundation,
  ...{ caches, rolloutCaches },
  sealer: await loadSealer(foundation),
  ownership: election.ownership,
  experiences: createExperiences(caches.providers.cache),
  limits: createLimits(foundation, caches),
}
const prepared = prepareControllers(parts)
const servers = await startServers(parts)
let controllers: readonly Controller[] = []
let drained: Promise<unknown> = Promise.resolve()

for (const { cache } of watches) cache.start()
await Promise.all(Object.values(caches).map(({ cache }) => cache.hasSynced))
log.info('ready', { pid: process.pid, seconds: (performance.now() - startedAt) / 1000 })
election.start(() => {
  controllers = prepared.map((controller) => controller.start())
})
await closeOnSignal({
  onSignal: (signal) => {
    log.info('stopping', { signal })
    for (const server of servers) server.drain()
    drained = delay(flags.shutdownDelaySeconds * 1000)
  },
  onError: (part, error) => {
    log.error('could not be closed', { part, error: String(error) })
  },
  closers: [
    {
      name: 'controllers',
      close: () => Promise.all(controllers.map((controller) => controller.stop(drainMs))),
    },
    { name: 'prompt records', close: () => parts.limits.records.checkpoint() },
    { name: 'lease', close: () => election.stop() },
    // Until then the gate answers, from watches that go on.
    { name: 'shutdown delay', close: () => drained },
    { name: 'events', close: () => foundation.events.close() },
    ...watches.map(({ kind, cache }) => ({ name: kind, close: () => cache.stop() })),
    ...servers,
    { name: 'transport', close: () => foundation.transport.close() },
  ],
})
