/** `countersign controller`: reconciles ApprovalRequests. Builds and connects everything; decides nothing. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type {
  ApprovalPolicy,
  ApprovalRequest,
  IdentityProvider,
  KubernetesObject,
  Namespace,
  Secret,
} from '../api/objects.ts'
import { announceWith } from '../controllers/approval-request/announce.ts'
import { createCredentials } from '../controllers/approval-request/credentials.ts'
import type { Dependencies, Leadership } from '../controllers/approval-request/dependencies.ts'
import { createMemory } from '../controllers/approval-request/memory.ts'
import { reconcile } from '../controllers/approval-request/reconcile.ts'
import { createWaker, objectKeyOf } from '../controllers/approval-request/wake.ts'
import { secondsAfter } from '../core/duration.ts'
import type { Log } from '../core/ports/surroundings.ts'
import { credentialsFrom } from '../kubernetes/credentials.ts'
import { createEventRecorder } from '../kubernetes/events.ts'
import { kinds } from '../kubernetes/kinds.ts'
import { LeaseElection } from '../kubernetes/lease.ts'
import type { Listable } from '../kubernetes/listing.ts'
import { Reflector, type ReflectorReport } from '../kubernetes/reflector.ts'
import { resource } from '../kubernetes/resource.ts'
import type { ChangeHandler } from '../kubernetes/store.ts'
import { createTransport, type Transport } from '../kubernetes/transport.ts'
import { createOpenIDProviders } from '../oidc/providers.ts'
import { systemClock } from '../runtime/clock.ts'
import { failpointsFrom } from '../runtime/failpoints.ts'
import { runController, type Controller } from '../runtime/runner.ts'
import { closeOnSignal } from '../runtime/shutdown.ts'
import { WorkQueue } from '../runtime/work-queue.ts'
import { loadKeyRing } from '../sealing/key-ring.ts'
import { sealerWith } from '../sealing/seals.ts'
import { createLog } from '../telemetry/log.ts'
import { parseControllerFlags } from './flags/controller.ts'

/** The time that a prompt or a token request under way has to be written down; the Pod's grace period must be longer. */
const drainMs = 40_000

const flags = parseControllerFlags()
const startedAt = performance.now()
const log = createLog('controller', flags.logLevel)
process.on('unhandledRejection', (error) => {
  log.error('unhandled rejection', { error: String(error) })
  process.exit(1)
})
const transport = createTransport(credentialsFrom(flags.kubeconfig))
await run(transport)

async function run(transport: Transport): Promise<void> {
  const queue = new WorkQueue(systemClock)
  let controller: Controller | undefined
  const leadership: Leadership & { holdUntil: Date | undefined } = {
    isHeld: () => election.isHeld(),
    holdUntil: undefined,
  }
  const election = new LeaseElection({
    transport,
    key: { namespace: flags.namespace, name: 'countersign-controller' },
    identity: `${hostname()}_${randomUUID()}`,
    clock: systemClock,
    onAcquired: (predecessor) => {
      log.info('leading', { predecessor })
      if (predecessor === 'Silent') leadership.holdUntil = secondsAfter(systemClock.now(), flags.holdSeconds)
      controller = work(queue, dependencies)
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
  const { caches, dependencies, events } = await connect(transport, { queue, lease: leadership })
  for (const cache of Object.values(caches)) cache.start()
  await Promise.all(Object.values(caches).map(({ hasSynced }) => hasSynced))
  log.info('ready', { pid: process.pid, seconds: (performance.now() - startedAt) / 1000 })
  election.start()
  await closeOnSignal({
    onSignal: (signal) => {
      log.info('stopping', { signal })
    },
    onError: (part, error) => {
      log.error('could not be closed', { part, error: String(error) })
    },
    closers: [
      { name: 'controller', close: async () => controller?.stop(drainMs) },
      { name: 'lease', close: () => election.stop() },
      { name: 'events', close: () => events.close() },
      ...Object.entries(caches).map(([name, cache]) => ({ name, close: () => cache.stop() })),
      { name: 'transport', close: () => transport.close() },
    ],
  })
}

function work(queue: WorkQueue, dependencies: Dependencies): Controller {
  return runController({
    queue,
    reconcile: (key) => reconcile(dependencies, objectKeyOf(key)),
    concurrency: flags.workers,
    onError: (key, error) => {
      log.warn('pass failed, will be repeated', { request: key, error: String(error) })
    },
  })
}

type Running = { readonly queue: WorkQueue; readonly lease: Leadership }

async function connect(transport: Transport, { queue, lease }: Running) {
  const secrets = resource<Secret>(transport, kinds.secrets)
  const requests = resource<ApprovalRequest>(transport, kinds.approvalRequests)
  const policies = resource<ApprovalPolicy>(transport, kinds.approvalPolicies)
  const providers = resource<IdentityProvider>(transport, kinds.identityProviders)
  const namespaces = resource<Namespace>(transport, kinds.namespaces)
  const memory = createMemory()
  const events = createEventRecorder(transport, { log, instance: hostname() })
  const ring = await loadKeyRing(secrets, { namespace: flags.namespace, name: 'countersign-keys' })

  const caches = {
    requests: reflector(requests, 'approvalrequests', (before, after) => {
      waker.requestChanged(before, after)
    }),
    policies: reflector(policies, 'approvalpolicies', () => {
      waker.rulesChanged()
    }),
    providers: reflector(providers, 'identityproviders', (before, after) => {
      waker.rulesChanged((after ?? before)?.metadata.name)
    }),
    namespaces: reflector(namespaces, 'namespaces', (before, after) => {
      waker.namespaceChanged(before, after)
    }),
  }
  const waker = createWaker({ caches, memory }, (key) => {
    queue.add(key)
  })
  const dependencies: Dependencies = {
    ...{ requests, policies, providers, namespaces, secrets, caches, memory, settings: flags },
    openid: createOpenIDProviders({ clock: systemClock }),
    sealer: sealerWith(ring),
    clock: systemClock,
    failpoints: failpointsFrom(process.env.FAILPOINTS, (failpoint) => {
      log.warn('failpoint', { failpoint })
    }),
    credentials: createCredentials(secrets, systemClock, flags.namespace),
    lease,
    report: announceWith({ events, log }),
  }
  return { caches, dependencies, events }
}

function reflector<T extends KubernetesObject>(
  source: Listable<T>,
  name: string,
  onChange: ChangeHandler<T>,
): Reflector<T> {
  return new Reflector({
    source,
    clock: systemClock,
    longestSilenceMs: flags.watchSilenceSeconds * 1000,
    onChange,
    onReport: (report) => {
      reportWatch(log, name, report)
    },
  })
}

function reportWatch(log: Log, kind: string, report: ReflectorReport): void {
  switch (report.kind) {
    case 'Synced':
      log.info('watching', { kind, objects: report.objects })
      return
    case 'Interrupted':
      log.warn('watch interrupted, will be resumed', {
        kind,
        pauseMs: report.pauseMs,
        error: String(report.error),
      })
      return
    case 'HandlerFailed':
      log.error('watch handler failed', { kind, error: String(report.error) })
  }
}
