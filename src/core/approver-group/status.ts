/** What is said about an ApproverGroup. */
import { groupReasons } from '../../api/group-reasons.ts'
import type { ApproverGroup, ApproverGroupSpec, ApproverGroupStatus, GroupMember } from '../../api/objects.ts'
import { readyOf, repeatedConditionOf } from '../condition.ts'
import { secondsBetween, secondsOf, timestamp } from '../duration.ts'
import { asSentence, inWords } from '../words.ts'
import type { Found } from './found.ts'

/** Members whose source says the same again are written down only after this part of `maxAge`. */
const partOfMaxAge = 0.25

/** The status to write: the members, since when they are known, and the condition `Ready`. */
export function statusOf(group: ApproverGroup, found: Found, now: Date): ApproverGroupStatus {
  const { reason, message, remedy } = found
  const { ready, next } = groupReasons[reason]
  const said = { type: 'Ready', status: ready, reason, message: asSentence(message) } as const
  const whatToDo = { ...said, message: `${said.message} ${remedy ?? next}` }
  return {
    source: sourceOf(group.spec),
    ...(found.members === undefined ? keptOf(group) : namedBy(group, found.members, { reason, now })),
    conditions: [repeatedConditionOf(group, ready === 'True' ? said : whatToDo, now)],
  }
}

/** Which of the three sources a group has. */
export function sourceOf({ members, keycloak }: ApproverGroupSpec): 'Members' | 'Keycloak' | 'Calendar' {
  if (members !== undefined) return 'Members'
  return keycloak !== undefined ? 'Keycloak' : 'Calendar'
}

type Named = Pick<ApproverGroupStatus, 'members' | 'memberSummary' | 'asOf'>

/** What another spec said of members is not kept: they may be of another group. */
function keptOf(group: ApproverGroup): Named {
  if (!isOfThisSpec(group)) return {}
  const { members, memberSummary, asOf } = group.status ?? {}
  return {
    ...(members !== undefined && { members }),
    ...(memberSummary !== undefined && { memberSummary }),
    ...(asOf !== undefined && { asOf }),
  }
}

function namedBy(
  group: ApproverGroup,
  members: readonly GroupMember[],
  { reason, now }: { readonly reason: string; readonly now: Date },
): Named {
  const { asOf, members: before } = keptOf(group)
  const isSame =
    asOf !== undefined &&
    readyOf(group)?.reason === reason &&
    JSON.stringify(before?.map(inOrder)) === JSON.stringify(members.map(inOrder))
  const isFresh = isSame && secondsBetween(asOf, now) < secondsOf(group.spec.maxAge) * partOfMaxAge
  return {
    members,
    ...(members.length > 0 && { memberSummary: summaryOf(members) }),
    asOf: isFresh || (isSame && group.spec.members !== undefined) ? asOf : timestamp(now),
  }
}

/** One line of a table has little room. */
function summaryOf(members: readonly GroupMember[]): string {
  return inWords(
    members.map(({ name }) => name),
    'and',
    { most: 4, room: 100 },
  )
}

function inOrder({ name, hint, subject }: GroupMember): readonly unknown[] {
  return [name, hint, subject]
}

/** Whether the status was made of the spec as it is now. */
export function isOfThisSpec(group: ApproverGroup): boolean {
  return readyOf(group)?.observedGeneration === group.metadata.generation
}
