/** Reconciles an ApprovalPolicy: read → say → apply. It asks nobody. */
import type { ApprovalPolicy, ApproverGroup, IdentityProvider, Namespace } from '../../api/objects.ts'
import { groupsIn } from '../../core/policy/approvers.ts'
import { staleAt } from '../../core/policy/group-use.ts'
import { statusOf } from '../../core/policy/status.ts'
import type { Cache, Resource } from '../../core/ports/cluster.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import type { Result } from '../../runtime/runner.ts'
import { applyReady } from '../apply-ready.ts'

/** What the ApprovalPolicy controller works with; built in `src/programs/controller`. */
export type Dependencies = {
  readonly policies: Pick<Resource<ApprovalPolicy>, 'replaceStatus'>
  readonly caches: {
    readonly policies: Cache<ApprovalPolicy>
    readonly providers: Cache<IdentityProvider>
    readonly groups: Cache<ApproverGroup>
    readonly namespaces: Cache<Namespace>
  }
  readonly clock: Clock
  /** Called for every change of the reason of `Ready`, after it was written. */
  readonly report: (policy: ApprovalPolicy) => void
}

/**
 * Writes whether requests can be asked under the policy of this name.
 * @throws what writing its status throws
 */
export async function reconcile(
  { policies, caches, clock, report }: Dependencies,
  name: string,
): Promise<Result> {
  const policy = caches.policies.get({ name })
  if (policy === undefined) return { kind: 'Done' }
  const provider = caches.providers.get({ name: policy.spec.identityProvider })
  const groups = caches.groups.list()
  const now = clock.now()
  const around = { provider, groups, policies: caches.policies.list(), namespaces: caches.namespaces.list() }
  const status = statusOf(policy, around, now)
  if (status === undefined) return { kind: 'Done' }
  const written = await applyReady({ resource: policies, report }, policy, status)
  if (written !== 'Applied') return { kind: 'Retry' }
  const at = nextStale(policy, groups, now)
  return at === undefined ? { kind: 'Done' } : { kind: 'RequeueAt', at }
}

/** When the members of one of its groups are going to be too old, unless they are refreshed before, which is seen as a change. */
function nextStale(policy: ApprovalPolicy, groups: readonly ApproverGroup[], now: Date): Date | undefined {
  const names = groupsIn(policy)
  const ends = groups
    .filter(({ metadata }) => names.includes(metadata.name))
    .flatMap((group) => staleAt(group) ?? [])
    .filter((end) => end > now)
  return ends.toSorted((a, b) => a.getTime() - b.getTime())[0]
}
