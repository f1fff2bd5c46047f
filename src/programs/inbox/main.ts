/** `countersign inbox`: where people answer prompts. Holds no CIBA client's credential, and writes its own prompts only. */
import { setTimeout as delay } from 'node:timers/promises'
import type { ApprovalRequest, ConfigMap, Secret } from '../../api/objects.ts'
import { crowdReport } from '../../http/crowd-report.ts'
import { serve } from '../../http/server.ts'
import { createInbox } from '../../inbox/app.ts'
import { createPrompts } from '../../inbox/prompts/store.ts'
import { createSweeper } from '../../inbox/prompts/sweeper.ts'
import { credentialsFrom } from '../../kubernetes/client/credentials.ts'
import { kinds } from '../../kubernetes/client/kinds.ts'
import { resource } from '../../kubernetes/client/resource.ts'
import { createTransport } from '../../kubernetes/client/transport.ts'
import { systemClock } from '../../runtime/clock.ts'
import { closeOnSignal } from '../../runtime/shutdown.ts'
import { Timetable } from '../../runtime/timetable.ts'
import { createCookieSealer } from '../../sealing/cookies.ts'
import { followKeyRing, lookAfter } from '../../sealing/live-key-ring.ts'
import { sealerWith } from '../../sealing/seals.ts'
import { createLog } from '../../telemetry/log.ts'
import { parseInboxFlags } from './flags.ts'
import { FlaggedFileError, followProvider } from './provider.ts'
import type { FollowedProvider } from './provider.ts'

const { flags, refuse } = parseInboxFlags()
const log = createLog('inbox', flags.logLevel)
process.on('unhandledRejection', (error) => {
  log.error('unhandled rejection', { error: String(error) })
  process.exit(1)
})
const provider = followedProvider()
const transport = createTransport(credentialsFrom(flags.kubeconfig))
const { namespace } = flags

/** The provider waits about ten seconds for the word that a prompt is kept, which takes a read and a write. */
const timeoutMs = 4_000
const configMaps = resource<ConfigMap>(transport, { ...kinds.configMaps, timeoutMs })
const requests = resource<ApprovalRequest>(transport, { ...kinds.approvalRequests, timeoutMs })
const secrets = resource<Secret>(transport, kinds.secrets)
const inboxKeys = { namespace, name: 'countersign-inbox-keys' }
const ring = await followKeyRing(secrets, inboxKeys, { clock: systemClock, log })
void lookAfter(ring)
const timetable = new Timetable(systemClock, (name) => void sweeper.sweep(name))
const sweeper = createSweeper({
  ...{ configMaps, namespace, clock: systemClock, log },
  wakeAfter: (name, delayMs) => {
    timetable.addAfter(name, delayMs)
  },
})
await sweeper.start()

// The app needs the public URL, which may need the port: until then the server answers that it is not ready.
let handle: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
const server = await serve({
  ...{ fetch: (request) => handle(request), host: flags.host, port: flags.port },
  onCrowded: crowdReport({ clock: systemClock, log, server: 'inbox' }),
})
const publicUrl = new URL(flags.publicUrl ?? server.url)
handle = inboxAt(publicUrl)
// A signal may follow as soon as somebody has read that it is ready.
const closed = closeOnSignal({
  onSignal: (signal) => {
    log.info('stopping', { signal })
    server.drain()
  },
  onError: (part, error) => {
    log.error('could not be closed', { part, error: String(error) })
  },
  closers: [
    { name: 'shutdown delay', close: () => delay(flags.shutdownDelaySeconds * 1000) },
    { name: 'server', close: () => server.close() },
    { name: 'timetable', close: stopTimetable },
    { name: 'files', close: stopFiles },
    { name: 'transport', close: () => transport.close() },
  ],
})
log.info('ready', { event: 'Ready', pid: process.pid, url: publicUrl.origin, port: server.port })
await closed

function stopTimetable(): Promise<void> {
  timetable.stop()
  return Promise.resolve()
}

function stopFiles(): Promise<void> {
  provider.stop()
  return Promise.resolve()
}

function followedProvider(): FollowedProvider {
  try {
    return followProvider(flags, { clock: systemClock, log })
  } catch (error) {
    if (error instanceof FlaggedFileError) refuse(error.message)
    throw error
  }
}

function inboxAt(url: URL): (request: Request) => Response | Promise<Response> {
  const app = createInbox({
    requests,
    prompts: createPrompts({
      ...{ configMaps, namespace, sealer: sealerWith(ring), claimSeconds: flags.claimSeconds },
      onKept: (entry) => {
        sweeper.note(entry)
      },
      onUnreadable: ({ message }) => {
        log.warn('prompt left out of a list', { error: message })
      },
    }),
    ...provider.connect(new URL('/login/callback', url).href),
    cookies: createCookieSealer(ring, systemClock),
    clock: systemClock,
    publicUrl: url,
    claimSeconds: flags.claimSeconds,
    log,
  })
  return (request) => app.fetch(request)
}
