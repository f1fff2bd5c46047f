/** Asks people, and writes their answers. */
import { announceWith } from '../../../controllers/approval-request/announce.ts'
import { createCredentials } from '../../../controllers/approval-request/credentials.ts'
import type { Dependencies } from '../../../controllers/approval-request/dependencies.ts'
import { createMemory } from '../../../controllers/approval-request/memory.ts'
import type { Memory } from '../../../controllers/approval-request/memory.ts'
import { reconcile } from '../../../controllers/approval-request/reconcile.ts'
import { objectKeyOf, queueKeyOf } from '../../../controllers/approval-request/queue-key.ts'
import { createWaker } from '../../../controllers/approval-request/wake.ts'
import type { Waker } from '../../../controllers/approval-request/wake.ts'
import { rolloutSubjects } from '../../../controllers/argo-rollouts/subjects.ts'
import { tellRollouts } from '../../../controllers/argo-rollouts/tell.ts'
import { openQuestions, questionWaker } from '../../../controllers/argo-rollouts/wake.ts'
import { annotatedObjects } from '../../../kubernetes/annotated-objects.ts'
import { sharedReads } from '../../../kubernetes/client/shared-reads.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { Places } from '../../../runtime/places.ts'
import { withRests } from '../../../runtime/rests.ts'
import { failpointsFrom } from '../../../runtime/failpoints.ts'
import { countDecisionsBy, measurePending } from '../../../telemetry/approvals.ts'
import type { Caches } from '../caches.ts'
import { shareOf } from '../../../runtime/work-queue.ts'
import type { WorkQueue } from '../../../runtime/work-queue.ts'
import type { ControllerDefinition, Parts } from '../parts.ts'
import { listenToRollouts, rolloutSources, synced } from '../argo-rollouts/controller.ts'

/** Reconciles requests, with `--workers` workers: asks the provider, fetches the answer, and stores the token. */
export const approvalRequestController: ControllerDefinition = {
  name: 'approvalrequest',
  workers: ({ workers }) => workers,
  keys: ({ caches }) => caches.requests.cache.names(),
  connect(parts, queue) {
    parts.caches.requests.onChange(measurePending(parts.instruments, systemClock))
    const called = { memory: createMemory(), queue, rolloutsSeen: rolloutSources(parts) }
    listen(parts, called)
    const dependencies = dependenciesOf(parts, called)
    return (key) => reconcile(dependencies, objectKeyOf(key))
  },
}

/** Thousands of requests may wait in a namespace, and each is looked at when its labels change. */
const namespaceRestMs = 5000

/** What is made once and called by several. */
type Called = {
  readonly memory: Memory
  readonly queue: WorkQueue
  readonly rolloutsSeen: ReturnType<typeof rolloutSources>
}

/** To all that makes a request due: a turn, a change of the request or of its terms, a Rollout. */
function listen(parts: Parts, { memory, queue, rolloutsSeen }: Called): void {
  const { caches, limits } = parts
  const wake = (key: string): void => {
    queue.add(key)
  }
  limits.onTurn((key) => {
    memory.retryNow(caches.requests.cache.get(objectKeyOf(key))?.metadata.uid ?? '')
    wake(key)
  })
  const waker = createWaker(
    { caches: cachesIn(parts), memory, slots: limits.slots },
    {
      soon: wake,
      now: (key) => {
        queue.addAfter(key, 0)
      },
      withRests: (run) => withRests({ clock: systemClock, restMs: namespaceRestMs, run }),
    },
  )
  caches.requests.onChange((before, after) => {
    waker.requestChanged(before, after)
  })
  listenToTerms(caches, waker)
  listenToRollouts(parts, questionWaker(rolloutsSeen, wake))
  // What was deleted before we started causes no change that could notify us.
  void synced(parts).then(() => {
    for (const request of openQuestions(rolloutsSeen)) wake(queueKeyOf(request))
  })
}

function dependenciesOf(parts: Parts, called: Called): Dependencies {
  const { experiences, flags, limits, log, openid, ownership, resources, sealer } = parts
  return {
    ...{ ...resources, openid, sealer, ownership, settings: flags },
    policies: sharedReads(resources.policies),
    providers: sharedReads(resources.providers),
    groups: sharedReads(resources.groups),
    memory: called.memory,
    slots: limits.slots,
    places: placesAtProviders(parts, called),
    caches: cachesIn(parts),
    clock: systemClock,
    failpoints: failpointsFrom(process.env.FAILPOINTS, (failpoint) => {
      log.warn('failpoint', { failpoint })
    }),
    credentials: createCredentials(resources.secrets, { ...flags, clock: systemClock }),
    tellExperience: experiences.tell,
    subjects: rolloutSubjects(called.rolloutsSeen),
    annotated: annotatedObjects(resources),
    report: reportIn(parts),
  }
}

function cachesIn({ caches }: Parts): Dependencies['caches'] {
  return {
    requests: caches.requests.cache,
    policies: caches.policies.cache,
    providers: caches.providers.cache,
    groups: caches.groups.cache,
    namespaces: caches.namespaces.cache,
  }
}

/** In the Event and the log, in the metrics, and to the Rollout. */
function reportIn({ events, instruments, log }: Parts): Dependencies['report'] {
  const announce = announceWith({ events, log })
  const count = countDecisionsBy(instruments)
  const tell = tellRollouts(events)
  return (change) => {
    announce(change)
    count(change)
    tell(change)
  }
}

function placesAtProviders({ caches, flags }: Parts, { memory, queue }: Called): Places {
  return new Places({
    workers: flags.workers,
    newPerNamespace: shareOf(flags.workers),
    clock: systemClock,
    call: (key) => {
      memory.retryNow(caches.requests.cache.get(objectKeyOf(key))?.metadata.uid ?? '')
      queue.addAfter(key, 0)
    },
  })
}

/** To all that decides how a request is asked. */
function listenToTerms({ policies, providers, groups, namespaces }: Caches, waker: Waker): void {
  policies.onChange((before, after) => {
    waker.policyChanged(before, after)
  })
  providers.onChange((before, after) => {
    waker.providerChanged(before, after)
  })
  groups.onChange((before, after) => {
    waker.groupChanged(before, after)
  })
  namespaces.onChange((before, after) => {
    waker.namespaceChanged(before, after)
  })
}
