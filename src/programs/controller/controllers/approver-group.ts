/** Reports who the members of each ApproverGroup are. */
import { announceReady } from '../../../controllers/announce-ready.ts'
import type { Dependencies } from '../../../controllers/approver-group/dependencies.ts'
import { reconcile } from '../../../controllers/approver-group/reconcile.ts'
import { createGroupWaker } from '../../../controllers/approver-group/wake.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { countGroupReads, measureGroups } from '../../../telemetry/groups.ts'
import { createGroupSources } from '../group-sources.ts'
import type { ControllerDefinition } from '../parts.ts'

/** A source that does not answer takes its time-out. */
const workers = 4

/** Reconciles a group when its spec or its IdentityProvider's changes, and every `spec.refresh`. */
export const approverGroupController: ControllerDefinition = {
  name: 'approvergroup',
  workers: () => workers,
  keys: ({ caches }) => caches.groups.cache.list().map(({ metadata }) => metadata.name),
  connect({ caches, events, flags, instruments, log, resources }, queue) {
    const { groups, providers } = caches
    measureGroups(instruments, groups.cache, systemClock)
    const waker = createGroupWaker(groups.cache, (name) => {
      queue.add(name)
    })
    groups.onChange((before, after) => {
      waker.groupChanged(before, after)
    })
    providers.onChange((before, after) => {
      waker.providerChanged(before, after)
    })
    const dependencies: Dependencies = {
      groups: resources.groups,
      secrets: resources.secrets,
      caches: { groups: groups.cache, providers: providers.cache },
      sources: createGroupSources(),
      clock: systemClock,
      random: Math.random,
      settings: flags,
      onRead: countGroupReads(instruments),
      report: announceReady({ events, log }, 'approver group'),
    }
    return (name) => reconcile(dependencies, name)
  },
}
