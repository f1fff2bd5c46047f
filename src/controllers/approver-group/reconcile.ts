/** Reconciles an ApproverGroup: read its source → say → apply. It asks nobody. */
import { nextRefresh } from '../../core/approver-group/next-refresh.ts'
import { statusOf } from '../../core/approver-group/status.ts'
import type { Result } from '../../runtime/runner.ts'
import { applyReady } from '../apply-ready.ts'
import type { Dependencies } from './dependencies.ts'
import { look } from './look.ts'

/**
 * Writes who the members of the group of this name are, and comes back for the next refresh.
 * @throws what reading Secrets or writing throws
 */
export async function reconcile(dependencies: Dependencies, name: string): Promise<Result> {
  const { caches, clock, groups, onRead, random, report } = dependencies
  const group = caches.groups.get({ name })
  if (group === undefined) return { kind: 'Done' }
  const found = await look(dependencies, group)
  onRead(group, found.reason)
  const now = clock.now()
  const status = statusOf(group, found, now)
  const written = await applyReady({ resource: groups, report }, group, status)
  if (written !== 'Applied') return { kind: 'Retry' }
  const at = nextRefresh(group.spec, status, { now, random: random(), until: found.until })
  return at === undefined ? { kind: 'Done' } : { kind: 'RequeueAt', at }
}
