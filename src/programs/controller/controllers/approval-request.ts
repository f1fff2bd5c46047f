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
    const { caches, events, experiences, flags, instruments, limits, log, ownership } = parts
    const { openid, resources, sealer } = parts
    const announce = announceWith({ events, log })
    const count = countDecisionsBy(instruments)
    caches.requests.onChange(measurePending(instruments, systemClock))
    const memory = createMemory()
    const cached = {
      requests: caches.requests.cache,
      policies: caches.policies.cache,
      providers: caches.providers.cache,
      namespaces: caches.namespaces.cache,
    }
    const wake = (key: string): void => {
      queue.add(key)
    }
    const places = placesAtProviders(parts, { memory, queue })
    const { slots } = limits
    limits.onTurn(wake)
    const waker = createWaker(
      { caches: cached, memory, slots },
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
    const rolloutsSeen = rolloutSources(parts)
    const tell = tellRollouts(events)
    listenToRollouts(parts, questionWaker(rolloutsSeen, wake))
    // What was deleted before we started causes no change that could notify us.
    void synced(parts).then(() => {
      for (const request of openQuestions(rolloutsSeen)) wake(queueKeyOf(request))
    })
    const dependencies: Dependencies = {
      ...{ ...resources, openid, sealer, ownership, memory, slots, places, settings: flags },
      caches: cached,
      clock: systemClock,
      failpoints: failpointsFrom(process.env.FAILPOINTS, (failpoint) => {
        log.warn('failpoint', { failpoint })
      }),
      credentials: createCredentials(resources.secrets, { ...flags, clock: systemClock }),
      tellExperience: experiences.tell,
      subjects: rolloutSubjects(rolloutsSeen),
      report: (change) => {
        announce(change)
        count(change)
        tell(change)
      },
    }
    return (key) => reconcile(dependencies, objectKeyOf(key))
  },
}

/** Thousands of requests may wait in a namespace, and each is looked at when its labels change. */
const namespaceRestMs = 5000

type Called = { readonly memory: Memory; readonly queue: WorkQueue }

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
function listenToTerms({ policies, providers, namespaces }: Caches, waker: Waker): void {
  policies.onChange((before, after) => {
    waker.policyChanged(before, after)
  })
  providers.onChange((before, after) => {
    waker.providerChanged(before, after)
  })
  namespaces.onChange((before, after) => {
    waker.namespaceChanged(before, after)
  })
}
