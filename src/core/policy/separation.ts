/**
 * Separation of duties: the people who made the change, and those who own the agent, may not approve. What is read can only exclude
 * people; what cannot be read lets the request wait, since nobody knows then whom it would exclude. Pure.
 */
import type { ApprovalPolicySpec, EffectiveTerms } from '../../api/objects.ts'
import { reasons } from '../../api/reasons.ts'
import type { Annotated } from '../ports/annotated.ts'
import type { ComputedFact } from '../ports/subjects.ts'
import { withApprovers } from '../request/stages.ts'
import { stagesOf } from '../tally/answers.ts'
import { tally } from '../tally/tally.ts'
import { abbreviated, inWords } from '../words.ts'
import { peopleIn } from './people.ts'
import { isRequester, namesOfApprover } from './requester.ts'
import { blocked } from './selection.ts'
import type { Blocked } from './selection.ts'

/** What a policy says of it. */
export type Duties = NonNullable<ApprovalPolicySpec['separationOfDuties']>
/** A person who cannot approve. */
export type Excluded = NonNullable<EffectiveTerms['excluded']>[number]

/** The objects that the policy names, as they are now; absent is what it does not name. */
export type Found = { readonly target?: Annotated; readonly agent?: Annotated | undefined }

/** Who is excluded, and where that stands, for the approver to see. */
export type Separation = {
  readonly kind: 'Separated'
  readonly excluded: readonly Excluded[]
  readonly facts: readonly ComputedFact[]
}

/** Whom the policy excludes by what was found, or why nobody can tell. */
export function separationBy(policy: string, duties: Duties, { target, agent }: Found): Separation | Blocked {
  const rules = [
    duties.changeAuthors && {
      as: 'ChangeAuthor' as const,
      rule: `policy ${policy} excludes the people who made the change (separationOfDuties.changeAuthors)`,
      annotations: duties.changeAuthors.annotations,
      found: target,
    },
    // A person who asks has no owner, and may not approve herself.
    agent &&
      duties.agentOwner && {
        as: 'AgentOwner' as const,
        rule: `policy ${policy} excludes the agent's owner (separationOfDuties.agentOwner)`,
        annotations: [duties.agentOwner.annotation],
        found: agent,
      },
  ]
  const readings = rules.filter((rule) => rule !== undefined).map(readingBy)
  const unknown = readings.find((reading) => reading.kind === 'Blocked')
  if (unknown !== undefined) return unknown
  const known = readings.filter((reading) => reading.kind === 'Separated')
  return {
    kind: 'Separated',
    excluded: known.flatMap(({ excluded }) => excluded),
    facts: known.flatMap(({ facts }) => facts),
  }
}

/** The terms without the approvers who are excluded, and with who they are fixed; or why nobody is left to ask. */
export function withExcluded(
  terms: EffectiveTerms,
  { excluded, facts }: Separation,
): { readonly kind: 'Terms'; readonly effective: EffectiveTerms } | Blocked {
  if (excluded.length === 0) return { kind: 'Terms', effective: terms }
  const { kubernetesUsernames: usernames, policy } = terms
  const judged = terms.approvers.map((approver) => {
    const names = namesOfApprover(approver)
    const as = excluded.find(({ name }) => isRequester({ username: name, usernames }, names))?.as
    return { approver, as }
  })
  const approvers = judged.filter(({ as }) => as === undefined).map(({ approver }) => approver)
  const effective = { ...withApprovers(terms, approvers), excluded }
  if (approvers.length > 0 && tally(stagesOf(effective), new Map()).kind !== 'Exhausted')
    return { kind: 'Terms', effective }
  const left = approvers.length === 0 ? 'nobody is' : 'too few people are'
  const who = judged
    .filter(({ as }) => as !== undefined)
    .map(({ approver, as }) => `${approver.name} is excluded as ${reasonOf(as, facts)}`)
  return blocked(
    'NotEnoughApprovers',
    `${left} left to ask: ${inWords(who, 'and', { room: mostCharacters })}. Ask a platform engineer to name another approver in policy ${policy}.`,
  )
}

/** After `as`. */
export const roleOf = { ChangeAuthor: 'an author of the change', AgentOwner: "the agent's owner" } as const

const factNames = { ChangeAuthor: 'change authors', AgentOwner: "agent's owner" } as const satisfies Record<
  Excluded['as'],
  string
>

/** The names of the facts, which nothing else may claim. */
export const separationFacts: readonly string[] = Object.values(factNames)

function reasonOf(as: Excluded['as'] | undefined, facts: readonly ComputedFact[]): string {
  if (as === undefined) return 'one of them'
  const [at = ''] = facts.find(({ name }) => name === factNames[as])?.source?.split(';') ?? []
  return `${roleOf[as]} (${at})`
}

type Rule = {
  readonly as: Excluded['as']
  /** What the policy says, as a clause. */
  readonly rule: string
  readonly annotations: readonly string[]
  readonly found: Annotated | undefined
}

function readingBy({ as, rule, annotations, found }: Rule): Separation | Blocked {
  const unknown = (why: string): Blocked =>
    blocked('ExcludedPeopleUnknown', `${rule}, and ${why}. ${reasons.ExcludedPeopleUnknown.next}`)
  if (found === undefined) return unknown('it was not read')
  if (found.kind === 'Unreadable') return unknown(found.why)
  const present = annotations.filter((name) => Object.hasOwn(found.annotations, name))
  if (present.length === 0)
    return unknown(`${found.at} has no annotation ${inWords(annotations, 'or', { most: 4 })}`)
  const people = present.map((name) => peopleIn(found.annotations[name] ?? ''))
  const unreadable = present.find((_, index) => people[index] === undefined)
  if (unreadable !== undefined)
    return unknown(`annotation ${unreadable} of ${found.at} is no list of 1 to 16 names`)
  const names = [...new Set(people.flatMap((each) => each ?? []))]
  if (names.length > mostNames)
    return unknown(`the annotations of ${found.at} hold more than ${mostNames} names`)
  const where = `${present.length === 1 ? 'annotation' : 'annotations'} ${inWords(present, 'and', { most: 4 })} of ${found.at}`
  return {
    kind: 'Separated',
    excluded: names.map((name) => ({ name, as })),
    facts: [
      {
        name: factNames[as],
        value: abbreviated(names.join(', '), longestValue),
        source: abbreviated(`${where}; ${found.writers}`, longestValue),
      },
    ],
  }
}

/** Of each kind; status takes twice as many. */
const mostNames = 32
/** What to do stands after it, and must find room in a condition. */
const mostCharacters = 600
const longestValue = 511
