/** Whether the people whom a policy names could satisfy its stages, by the rule that requests are counted by. Pure. */
import type { ApprovalPolicy, IdentityProvider } from '../../api/objects.ts'
import { mostMembers } from '../approver-group/found.ts'
import { lackIn } from '../tally/lack.ts'
import type { Lack } from '../tally/lack.ts'
import type { TallyStage } from '../tally/tally.ts'
import { capitalized, inWords } from '../words.ts'
import { personKeyOf, prospectsOf } from './approvers.ts'
import type { Person, Prospect, ResolvedStage } from './approvers.ts'
import type { Groups } from './group-use.ts'
import { isRequester } from './requester.ts'
import { usernameOf } from './subject.ts'
import type { Verdict } from './verdict.ts'

/** A policy under which nobody could be asked, by any requester; or not by one whom it names. */
export function tooFewApprovers(
  policy: ApprovalPolicy,
  provider: IdentityProvider,
  groups: Groups,
): Verdict | undefined {
  const prospects = prospectsOf(policy, groups)
  const lack = lackIn(prospects.map((each) => countable(each)))
  return lack === undefined
    ? ownApprover(policy, provider, prospects)
    : {
        reason: 'NotEnoughApprovers',
        message: capitalized(
          lackInWords(
            lack,
            prospects.map(({ stage }) => stage),
          ),
        ),
      }
}

/**
 * Why nobody can be asked, by any requester: two sentences, of which the first begins with a small letter.
 *
 * @param of follows the name of the stage, such as ` of policy prod`
 * @returns undefined where the people are enough
 */
export function lackOfPeople(stages: readonly ResolvedStage[], of: string): string | undefined {
  const lack = lackIn(stages.map((stage) => countable({ stage, isOpen: false })))
  return lack && lackInWords(lack, stages, of)
}

function lackInWords({ stages, needed, people }: Lack, resolved: readonly ResolvedStage[], of = ''): string {
  const everyone = new Map(
    resolved.flatMap(({ approvers }) => approvers).map((person) => [personKeyOf(person), person.name]),
  )
  const names = people.map((key) => everyone.get(key) ?? key)
  const few = names.length === 1 ? 'one person' : `${names.length} people`
  const has = `${few} to ask: ${inWords(names, 'and', { most: 4, room: longestNames })}`
  const which = inWords(stages, 'and', { most: stages.length })
  return stages.length === 1
    ? `stage ${which}${of} needs ${needed} approvals, and has ${has}. A person counts once, however often the stage names their hint or subject.`
    : `stages ${which}${of} need ${needed} different people, and have ${has}. A person counts once per request, whichever stages name them.`
}

/** What to do stands after it, and must find room in a condition. */
const longestNames = 300

/** A requester who is one of several approvers is left out, and the others must be enough. */
function ownApprover(
  { spec }: ApprovalPolicy,
  provider: IdentityProvider,
  prospects: readonly Prospect[],
): Verdict | undefined {
  const usernames = provider.spec.kubernetesUsernames
  const username = spec.match.requesters?.map(usernameOf).find((each) => {
    const isOther = (person: Person): boolean =>
      !isRequester({ username: each, usernames }, [person.name, person.hint, person.subject])
    return lackIn(prospects.map((prospect) => countable(prospect, isOther))) !== undefined
  })
  if (username === undefined) return undefined
  const people = new Set(prospects.flatMap(({ stage }) => stage.approvers).map(personKeyOf))
  const message =
    people.size === 1
      ? `Requester ${username} would be the approver as well.`
      : `Requester ${username} is one of the approvers, and the others are too few for its requests.`
  return { reason: 'NotEnoughApprovers', message }
}

/** Where nobody can tell who is in a group, there may be enough people for any stage. */
function countable(
  { stage, isOpen }: Prospect,
  counts: (person: Person) => boolean = () => true,
): TallyStage {
  const { name, required, insteadOf, approvers } = stage
  const others = isOpen ? Array.from({ length: mostMembers }, (_, index) => `${name} ${index}`) : []
  return {
    ...{ name, required, approvers: [...approvers.filter(counts).map(personKeyOf), ...others] },
    ...(insteadOf !== undefined && { insteadOf }),
  }
}
