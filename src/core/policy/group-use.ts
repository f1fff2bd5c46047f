/** Whether what is known of a group's members may be used now. */
import type { ApprovalPolicy, ApproverGroup, GroupMember } from '../../api/objects.ts'
import { isOfThisSpec, sourceOf } from '../approver-group/status.ts'
import { readyOf } from '../condition.ts'
import { secondsAfter, secondsOf } from '../duration.ts'

/** A stage of a policy. */
export type Where = { readonly policy: ApprovalPolicy; readonly stage: string }
/** Where groups are looked up. */
export type Groups = { readonly groups: readonly ApproverGroup[]; readonly now: Date }

/** The members of a group as far as they are known, which may be none. */
export type Usable = {
  readonly kind: 'Usable'
  readonly members: readonly GroupMember[]
  readonly via: {
    readonly group: string
    readonly source: 'Members' | 'Keycloak' | 'Calendar'
    readonly asOf: string
  }
  /** What follows the group's name in a sentence. */
  readonly says: string
}

/** `message` has no full stop; `remedy` follows `Ask a platform engineer to`. */
export type Unusable = {
  readonly kind: 'Unusable'
  readonly reason: 'GroupNotReady' | 'GroupStale'
  readonly message: string
  readonly remedy: string
}

/** Nobody of a group is asked where its members are not known, or were known too long ago. */
export function usable(name: string, where: Where, { groups, now }: Groups): Usable | Unusable {
  const of = `group ${name}, which stage ${where.stage} of policy ${where.policy.metadata.name} asks,`
  const group = groups.find(({ metadata }) => metadata.name === name)
  if (group === undefined)
    return notReady(`${of} does not exist`, 'create the ApproverGroup, or to correct the policy')
  const elsewhere = group.spec.keycloak?.identityProvider
  const { identityProvider } = where.policy.spec
  if (elsewhere !== undefined && elsewhere !== identityProvider)
    return notReady(
      `${of} has the users of IdentityProvider ${elsewhere}, and the policy asks through ${identityProvider}`,
      'let both name the same one',
    )
  const { members, asOf } = group.status ?? {}
  const reason = readyOf(group)?.reason
  if (members === undefined || asOf === undefined || reason === undefined || !isOfThisSpec(group))
    return notReady(`${of} ${unknown(group)}`, lookAt(name))
  const end = staleAt(group)
  if (end !== undefined && now >= end) {
    const { maxAge } = group.spec
    const why = reason === 'Resolved' ? '' : `: ${reason}`
    const message = `the members of ${of} are known as of ${asOf}, longer ago than its maxAge of ${maxAge}${why}`
    return { kind: 'Unusable', reason: 'GroupStale', message, remedy: lookAt(name) }
  }
  const says = members.length === 0 ? `has no members (${reason})` : `has ${countOf(members.length)}`
  return { kind: 'Usable', members, via: { group: name, source: sourceOf(group.spec), asOf }, says }
}

/** When the members of a group are known too long ago; undefined for a list, and where nothing is known. */
export function staleAt({ spec, status }: ApproverGroup): Date | undefined {
  if (spec.members !== undefined || status?.asOf === undefined) return undefined
  return secondsAfter(status.asOf, secondsOf(spec.maxAge))
}

/** Too few are in it for the stage. @param found how many people there are to ask */
export function tooSmall(
  { policy, stage }: Where,
  { via, says }: Usable,
  { found, required }: { readonly found: number; readonly required: number },
): Unusable {
  const people = ['nobody', 'one person'][found] ?? `${found} people`
  const approvals = required === 1 ? 'one approval' : `${required} approvals`
  return notReady(
    `stage ${stage} of policy ${policy.metadata.name} needs ${approvals} and has ${people} to ask: group ${via.group} ${says}`,
    lookAt(via.group),
  )
}

function notReady(message: string, remedy: string): Unusable {
  return { kind: 'Unusable', reason: 'GroupNotReady', message, remedy }
}

function unknown(group: ApproverGroup): string {
  const ready = readyOf(group)
  return ready === undefined || !isOfThisSpec(group)
    ? 'has not been looked at yet'
    : `is not ready: ${ready.reason}`
}

function lookAt(name: string): string {
  return `look at the condition of ApproverGroup ${name}`
}

function countOf(members: number): string {
  return members === 1 ? 'one member' : `${members} members`
}
