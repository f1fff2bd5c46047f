/** Reports on each ApprovalPolicy whether requests can be asked under it. */
import { announceReady } from '../../../controllers/announce-ready.ts'
import { reconcile } from '../../../controllers/approval-policy/reconcile.ts'
import type { Dependencies } from '../../../controllers/approval-policy/reconcile.ts'
import { createPolicyWaker } from '../../../controllers/approval-policy/wake.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { ControllerDefinition } from '../parts.ts'

const namespacesRestMs = 5000

/** Reconciles a policy when it, its provider or another policy changes, and five seconds after Namespaces change. */
export const approvalPolicyController: ControllerDefinition = {
  name: 'approvalpolicy',
  workers: () => 4,
  keys: ({ caches }) => caches.policies.cache.list().map(({ metadata }) => metadata.name),
  connect({ caches, events, log, resources }, queue) {
    const waker = createPolicyWaker(caches.policies.cache, (name) => {
      queue.add(name)
    })
    caches.policies.onChange((before, after) => {
      waker.policyChanged(before, after)
    })
    caches.providers.onChange((before, after) => {
      waker.providerChanged(before, after)
    })
    caches.groups.onChange((before, after) => {
      waker.groupChanged(before, after)
    })
    // Many Namespaces may come at once, at a start for example: one look at each policy is enough for all.
    const overlaps = createPolicyWaker(caches.policies.cache, (name) => {
      queue.addAfter(name, namespacesRestMs)
    })
    caches.namespaces.onChange((before, after) => {
      overlaps.namespaceChanged(before, after)
    })
    const dependencies: Dependencies = {
      policies: resources.policies,
      caches: {
        policies: caches.policies.cache,
        providers: caches.providers.cache,
        groups: caches.groups.cache,
        namespaces: caches.namespaces.cache,
      },
      clock: systemClock,
      report: announceReady({ events, log }, 'approval policy'),
    }
    return (name) => reconcile(dependencies, name)
  },
}
