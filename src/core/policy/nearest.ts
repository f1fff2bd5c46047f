/** What is said of a request that no policy matches: which policy comes nearest, and what that one wants. */
import { abbreviated, inWords } from '../words.ts'
import { wantsOf } from './match.ts'
import type { Clause, Match, Question } from './match.ts'

/**
 * How much an unmet clause sets a policy apart. That a Namespace lacks a label is the commonest mistake and the easiest to fix, so
 * all its labels together weigh less than any other clause; a policy for another action is about something else.
 */
const weights: Readonly<Record<Clause['about'], number>> = {
  Namespace: 1,
  Kind: 4,
  Requester: 4,
  Action: 16,
}

/** How many policies that come equally near are named. */
const mostNamed = 3

/** How much of what a policy wants is said. */
const mostWants = 4

/** Longest list of what is wanted: what to do stands after it, and must find room in a condition. */
const room = 600

/** Why none of the policies matches, and what to do. @param matches of every policy that there is, none of which fits */
export function noMatchMessage(matches: readonly Match[], question: Question): string {
  const { request } = question
  const sentence = `no ApprovalPolicy matches action "${request.spec.action}" in namespace "${request.metadata.namespace ?? ''}"`
  const nearest = nearestOf(matches).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const [first] = nearest
  if (first === undefined) return `${sentence}; there is none at all. Ask a platform engineer for one.`
  if (nearest.length === 1) {
    const want = `the nearest, ${nameOf(first)}, wants ${wanted(first, question)}`
    return `${sentence}; ${abbreviated(want, room)}. ${adviceOn(nearest)}`
  }
  const named = nearest
    .slice(0, mostNamed)
    .map((match) => `${nameOf(match)} wants ${wanted(match, question)}`)
  const more = nearest.length > mostNamed ? ', for example' : ''
  const list = `${nearest.length} of ${matches.length} policies come equally near${more}: ${named.join('; ')}`
  return `${sentence}; ${abbreviated(list, room)}. ${adviceOn(nearest)}`
}

function nearestOf(matches: readonly Match[]): readonly Match[] {
  const distances = matches.map((match) => ({ match, distance: distanceOf(match) }))
  const least = distances.reduce((so, { distance }) => Math.min(so, distance), Number.POSITIVE_INFINITY)
  return distances.filter(({ distance }) => distance === least).map(({ match }) => match)
}

function distanceOf({ unmet }: Match): number {
  return unmet.reduce((sum, { about }) => sum + weights[about], 0)
}

function wanted(match: Match, question: Question): string {
  return inWords(wantsOf(match, question), 'and', { most: mostWants })
}

/** What can be done depends on what is missing: nobody becomes another requester, or labels a Namespace by asking differently. */
function adviceOn(nearest: readonly Match[]): string {
  const missing = new Set(nearest.flatMap(({ unmet }) => unmet.map(({ about }) => about)))
  if (missing.has('Action') || missing.has('Kind'))
    return 'Ask for what a policy matches, or ask a platform engineer for a policy.'
  const fixes = [
    ...(missing.has('Namespace') ? ['to label the namespace'] : []),
    ...(missing.has('Requester') ? ['to add the requester to a policy'] : []),
  ]
  return `Ask a platform engineer ${fixes.join(' and ')}, or for a policy.`
}

function nameOf({ policy }: Match): string {
  return policy.metadata.name
}
