/** What is checked before a person is asked: the objects as they are now, the provider, and the token's Secret by a dry run. */
import type {
  ApprovalRequest,
  ApproverGroup,
  EffectiveTerms,
  IdentityProvider,
} from '../../../api/objects.ts'
import { reasons } from '../../../api/reasons.ts'
import { isCharacterClass } from '../../../core/action/rendering.ts'
import { deliversToken } from '../../../core/answer/delivery.ts'
import { belongsTo, isLeftover, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { keyOf } from '../../../core/object-key.ts'
import { blockedByLogin } from '../../../core/policy/requirements.ts'
import { blocked } from '../../../core/policy/selection.ts'
import type { Blocked } from '../../../core/policy/selection.ts'
import type { Reads } from '../../../core/ports/cluster.ts'
import type { ProviderConnection } from '../../../core/ports/provider.ts'
import type { ComputedFact } from '../../../core/ports/subjects.ts'
import { habitsOf } from '../../../core/provider/profile.ts'
import type { Observed } from '../../../core/request/observed.ts'
import type { Terms } from '../../../core/request/terms.ts'
import { sentence } from '../../../core/sentences/punctuation.ts'
import { secretRefused } from '../../../core/sentences/token-messages.ts'
import { connect } from '../connect.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { isOfThatSpec, isSame } from '../observe.ts'
import { separate } from './separate.ts'
import type { Separating } from './separate.ts'

/** What a check reads. */
export type Checking = Connecting &
  Separating &
  Pick<Dependencies, 'policies' | 'providers' | 'groups' | 'requests' | 'secrets' | 'settings'>

/** What a check found: all that a prompt takes, that something has changed since, or what is in the way. */
export type Checked =
  | {
      readonly kind: 'Askable'
      readonly connection: ProviderConnection
      readonly provider: IdentityProvider
      /** The terms to be fixed. */
      readonly effective: EffectiveTerms
      /** What was read for them. */
      readonly facts: readonly ComputedFact[]
    }
  | Stale
  | Blocked

type Stale = { readonly kind: 'Stale' }

/**
 * Everything that can fail before a person is disturbed. What the terms are made of is read again: a watch may lag behind. The
 * request is not: what follows is written (W1) only if the request is still the one that was looked at.
 * @throws what the API server's client throws
 */
export async function check(
  dependencies: Checking,
  observed: Observed,
  { effective, provider }: Terms,
): Promise<Checked> {
  const policy = observed.surroundings.policies.find(({ metadata }) => metadata.name === effective.policy)
  const unchanged = await Promise.all([
    isOfThatSpec(dependencies.providers, provider),
    policy === undefined || isOfThatSpec(dependencies.policies, policy),
    ...groupsOf(effective, observed).map((group) => isOfThatSpec(dependencies.groups, group)),
  ])
  if (unchanged.includes(false)) return { kind: 'Stale' }
  const { pattern } = habitsOf(provider.spec).bindingMessage
  if (!isCharacterClass(pattern))
    return blocked(
      'IdentityProviderNotReady',
      `IdentityProvider ${provider.metadata.name} has a bindingMessage.pattern that is no list of characters, ${pattern}. Ask a platform engineer to correct it.`,
    )
  const connected = await connect(dependencies, provider, effective)
  if (connected.kind === 'NotReady') return notReady(connected.message)
  if (connected.mismatch !== undefined) return notReady(connected.mismatch)
  const obstacle =
    blockedByLogin(effective, connected.acrValues) ?? (await checkSecret(dependencies, observed))
  if (obstacle !== undefined) return obstacle
  const separated = await separate(dependencies, observed.request, { effective, policy })
  if (separated.kind === 'Blocked') return separated
  return { ...separated, kind: 'Askable', connection: connected.connection, provider }
}

function groupsOf({ approvers }: Terms['effective'], { surroundings }: Observed): readonly ApproverGroup[] {
  const names = new Set(approvers.map(({ via }) => via?.group))
  return surroundings.groups.filter(({ metadata }) => names.has(metadata.name))
}

function notReady(message: string): Blocked {
  return blocked('IdentityProviderNotReady', `${sentence(message)} ${reasons.IdentityProviderNotReady.next}`)
}

async function isUnchanged(requests: Reads<ApprovalRequest>, request: ApprovalRequest): Promise<boolean> {
  const current = await requests.get(keyOf(request))
  return current !== undefined && isSame(current, request)
}

/** A dry run proves that the token's Secret can be created: rights, quota, admission, and the name. */
async function checkSecret(
  { requests, secrets, settings }: Pick<Dependencies, 'requests' | 'secrets' | 'settings'>,
  { request }: Observed,
): Promise<Blocked | Stale | undefined> {
  if (!deliversToken(request)) return undefined
  const wanted = tokenSecretOf(request, settings.tokenSecretLabels)
  const created = await secrets.create(wanted, { dryRun: true })
  if (created.kind === 'Applied') return undefined
  if (created.kind === 'Refused')
    return blocked(
      'SecretConflict',
      `${secretRefused(wanted.metadata.name, created.message)} Ask a platform engineer to allow it.`,
    )
  const existing = await secrets.get(keyOf(wanted))
  if (existing !== undefined && isLeftover(existing, request)) {
    // To an older request of this name, the token of the newer one looks like a leftover.
    if (!(await isUnchanged(requests, request))) return { kind: 'Stale' }
    await secrets.delete(keyOf(wanted), { uid: existing.metadata.uid ?? '' })
    return undefined
  }
  const whose =
    existing !== undefined && belongsTo(existing, request)
      ? 'belongs to this request already'
      : 'exists and is not the operator’s'
  return blocked(
    'SecretConflict',
    `Secret ${wanted.metadata.name} ${whose}. Delete it, or ask under another name.`,
  )
}
