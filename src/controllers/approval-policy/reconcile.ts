/** Reconciles an ApprovalPolicy: read → say → apply. It asks nobody. */
import type { ApprovalPolicy, IdentityProvider, Namespace } from '../../api/objects.ts'
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
  const around = { provider, policies: caches.policies.list(), namespaces: caches.namespaces.list() }
  const status = statusOf(policy, around, clock.now())
  if (status === undefined) return { kind: 'Done' }
  const written = await applyReady({ resource: policies, report }, policy, status)
  return written === 'Applied' ? { kind: 'Done' } : { kind: 'Retry' }
}
