/** What a look at the source of a group came to. */
import type { GroupReason } from '../../api/group-reasons.ts'
import type { GroupMember } from '../../api/objects.ts'
import type { Fault } from '../ports/provider.ts'
import type { SourceFault } from '../ports/group-sources.ts'
import { inWords } from '../words.ts'

/** `members` is undefined where the source did not say who they are. */
export type Found = Fault & {
  readonly reason: GroupReason
  readonly members?: readonly GroupMember[]
  /** When the source will say something else. */
  readonly until?: Date
}

/** How many people can be asked about one request. */
export const mostMembers = 16

/** Those whom the source named; `where` begins the sentence. */
export function resolved(where: string, members: readonly GroupMember[]): Found {
  if (members.length > mostMembers)
    return {
      ...{ reason: 'TooManyMembers', members: [] },
      message: `${where}: more than ${mostMembers} people`,
    }
  const names = members.map(({ name }) => name)
  return { reason: 'Resolved', message: `${where}: ${inWords(names, 'and', { most: mostMembers })}`, members }
}

/** A source that fails leaves the members as they were; one that says that there is no such group does not. */
export function failed({ reason, message, remedy }: SourceFault): Found {
  return {
    ...{ reason, message },
    ...(remedy !== undefined && { remedy }),
    ...(reason === 'GroupNotFound' && { members: [] }),
  }
}
