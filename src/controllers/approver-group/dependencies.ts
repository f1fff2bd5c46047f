/** What the ApproverGroup controller works with; built in `src/programs/controller`. */
import type { GroupReason } from '../../api/group-reasons.ts'
import type { ApproverGroup, IdentityProvider, Secret } from '../../api/objects.ts'
import type { Cache, Resource } from '../../core/ports/cluster.ts'
import type { GroupSources } from '../../core/ports/group-sources.ts'
import type { Clock } from '../../core/ports/surroundings.ts'

/** What reading a source and writing the status of its group takes. */
export type Dependencies = {
  readonly groups: Pick<Resource<ApproverGroup>, 'replaceStatus'>
  readonly secrets: Pick<Resource<Secret>, 'get'>
  readonly caches: { readonly groups: Cache<ApproverGroup>; readonly providers: Cache<IdentityProvider> }
  readonly sources: GroupSources
  readonly clock: Clock
  readonly random: () => number
  /** `namespace`: the operator's own, where the Secrets are. */
  readonly settings: { readonly namespace: string }
  /** Called for each reading, with what it came to. */
  readonly onRead: (group: ApproverGroup, reason: GroupReason) => void
  /** Called for every change of the reason of `Ready`, after it was written. */
  readonly report: (group: ApproverGroup) => void
}
