/** What the ApprovalRequest controller works with; built in `src/programs/controller`. */
import type {
  ApprovalPolicy,
  ApproverGroup,
  ApprovalRequest,
  IdentityProvider,
  Namespace,
  Secret,
} from '../../api/objects.ts'
import type { Settings } from '../../core/request/observed.ts'
import type { Cache, IndexedCache, Reads, Resource } from '../../core/ports/cluster.ts'
import type { TellExperience } from '../../core/ports/experience.ts'
import type { Ownership, Slots } from '../../core/ports/ownership.ts'
import type { OpenIDProviders } from '../../core/ports/provider.ts'
import type { AnnotatedObjects } from '../../core/ports/annotated.ts'
import type { Subjects } from '../../core/ports/subjects.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import type { Clock, Failpoints } from '../../core/ports/surroundings.ts'
import type { Places } from '../../runtime/places.ts'
import type { Credentials } from './credentials.ts'
import type { Memory } from './memory.ts'

/** Everything that a reconcile uses; each step names its own part of it. */
export type Dependencies = {
  readonly requests: Resource<ApprovalRequest>
  /** Of these, reads that many reconciles wait for may be one. */
  readonly policies: Reads<ApprovalPolicy>
  readonly providers: Reads<IdentityProvider>
  readonly groups: Reads<ApproverGroup>
  readonly namespaces: Resource<Namespace>
  readonly secrets: Resource<Secret>
  readonly caches: {
    readonly requests: Pick<IndexedCache<ApprovalRequest>, 'get' | 'indexed'>
    readonly policies: Cache<ApprovalPolicy>
    readonly providers: Cache<IdentityProvider>
    readonly groups: Cache<ApproverGroup>
    readonly namespaces: Cache<Namespace>
  }
  readonly openid: OpenIDProviders
  readonly sealer: Sealer
  readonly subjects: Subjects
  readonly annotated: AnnotatedObjects
  readonly clock: Clock
  readonly failpoints: Failpoints
  readonly ownership: Ownership
  readonly slots: Slots
  readonly memory: Memory
  /** At a provider: one that answers nobody holds no more reconciles than these. */
  readonly places: Pick<Places, 'take' | 'waitedMs' | 'answered' | 'leave' | 'leaveAll'>
  readonly settings: Settings
  readonly credentials: Credentials
  readonly report: Report
  /** How the provider and our client fare there, for the provider's status. */
  readonly tellExperience: TellExperience
}

/** Called for every change of `Complete`, after it was written: for Events, the audit line and metrics. */
export type Report = (change: { readonly before: ApprovalRequest; readonly after: ApprovalRequest }) => void
