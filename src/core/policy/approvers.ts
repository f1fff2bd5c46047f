/** Which people a policy's stages stand for in a Namespace at a moment: those it names, and the members of its groups. Pure. */
import type { ApprovalPolicy, ApprovalPolicySpec, EffectiveTerms, Namespace } from '../../api/objects.ts'
import { mostMembers } from '../approver-group/found.ts'
import { blocked } from './selection.ts'
import type { Blocked } from './selection.ts'
import { groupNamedBy } from './group-from.ts'
import { tooSmall, usable } from './group-use.ts'
import type { Groups, Unusable, Usable } from './group-use.ts'

type Stage = ApprovalPolicySpec['stages'][number]
type Via = NonNullable<EffectiveTerms['approvers'][number]['via']>

/** Someone who may be asked. `via`: the group that the person is in. */
export type Person = {
  readonly name: string
  readonly hint: string
  readonly subject?: string
  readonly via?: Via
}

/** What a provider knows a person by: the name is for people to read. */
export function personKeyOf({ hint, subject = hint }: Pick<Person, 'hint' | 'subject'>): string {
  return JSON.stringify([hint, subject])
}

/** A stage with people only. */
export type ResolvedStage = Omit<Stage, 'approvers' | 'groupFrom'> & { readonly approvers: readonly Person[] }
/** All stages of a policy, or why nobody can be asked now. */
export type Resolved = { readonly kind: 'Resolved'; readonly stages: readonly ResolvedStage[] } | Blocked

/** Where a policy's groups are looked up. */
export type Around = Groups & { readonly namespace: Namespace }

/**
 * The people of each stage. A person who is named more than once, as somebody or in groups, is the same one in all of them: the
 * one with a `subject`, which says the most. What is not known of a group is never guessed.
 */
export function resolve(policy: ApprovalPolicy, around: Around): Resolved {
  const stages: ResolvedStage[] = []
  for (const stage of policy.spec.stages) {
    const resolved = resolveStage(policy, stage, around)
    if (resolved.kind === 'Blocked') return resolved
    stages.push(withPeople(stage, resolved.people))
  }
  const people = merged(stages.flatMap(({ approvers }) => approvers))
  if (people.length > mostMembers)
    return blocked(
      'TooManyApprovers',
      `policy ${policy.metadata.name} names ${people.length} people once its groups are looked up, and at most ${mostMembers} are asked about a request. Ask a platform engineer to name smaller groups.`,
    )
  return { kind: 'Resolved', stages: stages.map((stage) => among(stage, people)) }
}

function withPeople(
  { name, required, ask, turn, insteadOf, after }: Stage,
  approvers: readonly Person[],
): ResolvedStage {
  return {
    ...{ name, required, approvers },
    ...(ask !== undefined && { ask }),
    ...(turn !== undefined && { turn }),
    ...(insteadOf !== undefined && { insteadOf }),
    ...(after !== undefined && { after }),
  }
}

type Placed = { readonly kind: 'Placed'; readonly people: readonly Person[] }
type Entries = NonNullable<Stage['approvers']>

function resolveStage(policy: ApprovalPolicy, stage: Stage, around: Around): Placed | Blocked {
  const { approvers = [], groupFrom } = stage
  const where = { policy, stage: stage.name }
  const named = groupFrom && groupNamedBy(groupFrom, where, around.namespace)
  if (named?.kind === 'Blocked') return named
  const placed = place(named === undefined ? approvers : [named], { ...where, stage }, around)
  return placed.kind === 'Placed'
    ? placed
    : blocked(placed.reason, `${placed.message}. Ask a platform engineer to ${placed.remedy}.`)
}

type At = { readonly policy: ApprovalPolicy; readonly stage: Stage }

function place(entries: Entries, { policy, stage }: At, groups: Groups): Placed | Unusable {
  const where = { policy, stage: stage.name }
  const [named, used]: [Person[], Usable[]] = [[], []]
  for (const { name, hint, subject, group } of entries) {
    if (group !== undefined) {
      const found = usable(group, where, groups)
      if (found.kind === 'Unusable') return found
      used.push(found)
      named.push(...membersOf(found))
    } else if (name !== undefined && hint !== undefined)
      named.push({ name, hint, ...(subject !== undefined && { subject }) })
  }
  const people = merged(named)
  const { required } = stage
  const short = used.find(({ members }) => members.length === 0) ?? used[0]
  if (people.length >= required || short === undefined) return { kind: 'Placed', people }
  return tooSmall(where, short, { found: people.length, required })
}

/** Why some requests under the policy could not be asked now: the first of its groups that is not as a stage needs it. */
export function groupFault(policy: ApprovalPolicy, groups: Groups): Unusable | undefined {
  for (const stage of policy.spec.stages) {
    for (const entries of waysOf(stage)) {
      const placed = place(entries, { policy, stage }, groups)
      if (placed.kind === 'Unusable') return placed
    }
  }
  return undefined
}

/** A stage with everyone who can be asked in it. `isOpen`: there may be others, since the members of a group are not known. */
export type Prospect = { readonly stage: ResolvedStage; readonly isOpen: boolean }

/**
 * The people of each stage before there is a request: in a stage whose group a Namespace names, those of all groups that are allowed.
 * People are distinguished as they are in requests.
 */
export function prospectsOf(policy: ApprovalPolicy, groups: Groups): readonly Prospect[] {
  const prospects = policy.spec.stages.map((stage) => {
    const ways = waysOf(stage).map((entries) => place(entries, { policy, stage }, groups))
    const people = ways.flatMap((way) => (way.kind === 'Placed' ? way.people : []))
    return { stage: withPeople(stage, people), isOpen: ways.some(({ kind }) => kind === 'Unusable') }
  })
  const everyone = merged(prospects.flatMap(({ stage }) => stage.approvers))
  return prospects.map(({ stage, isOpen }) => ({ stage: among(stage, everyone), isOpen }))
}

function waysOf({ approvers = [], groupFrom }: Stage): readonly Entries[] {
  return groupFrom === undefined ? [approvers] : groupFrom.allowed.map((group) => [{ group }])
}

/** The groups that a policy may ask. */
export function groupsIn({ spec }: ApprovalPolicy): readonly string[] {
  return spec.stages.flatMap(({ approvers = [], groupFrom }) => [
    ...approvers.flatMap(({ group }) => group ?? []),
    ...(groupFrom?.allowed ?? []),
  ])
}

function membersOf({ members, via }: Usable): readonly Person[] {
  return members.map((member) => ({ ...member, via }))
}

/** Every person once, in the order in which they were named first. */
export function merged(people: readonly Person[]): readonly Person[] {
  const each: Person[] = []
  for (const person of people) {
    const at = each.findIndex((known) => isSamePerson(known, person))
    const known = each[at]
    if (known === undefined) each.push(person)
    else if (known.subject === undefined && person.subject !== undefined) each[at] = person
  }
  // A hint that got a subject may be one of two hints of one person now.
  return each.length === people.length ? each : merged(each)
}

/** The provider knows a person by the hint. */
function isSamePerson(a: Person, b: Person): boolean {
  return a.hint === b.hint || (a.subject !== undefined && a.subject === b.subject)
}

function among(stage: ResolvedStage, people: readonly Person[]): ResolvedStage {
  const approvers = stage.approvers.map(
    (person) => people.find((known) => isSamePerson(known, person)) ?? person,
  )
  return { ...stage, approvers }
}
