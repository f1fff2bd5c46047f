/** Whether two policies of one priority can match the same request, which then waits in AmbiguousPolicy. */
import type { ApprovalPolicy, ApprovalPolicySpec, Namespace } from '../../api/objects.ts'
import { matchesGlob, selectsNamespace } from './match.ts'
import { usernameOf } from './subject.ts'

/** Where both match. `action` is an action, or a pattern whose actions both match at least in part. */
export type Overlap = { readonly namespace: string; readonly action: string }

/** The first of the Namespaces in which some request matches both, as far as their text tells; undefined if there is none. */
export function overlapOf(
  one: ApprovalPolicy,
  other: ApprovalPolicy,
  namespaces: readonly Namespace[],
): Overlap | undefined {
  if (!mayOverlap(one, other)) return undefined
  const [a, b] = [one.spec.match, other.spec.match]
  const action = commonAction(a, b)
  const namespace = namespaces.find((each) => selectsNamespace(a, each) && selectsNamespace(b, each))
  return action === undefined || namespace === undefined
    ? undefined
    : { namespace: namespace.metadata.name, action }
}

/** Without a look at Namespaces: two policies of one priority, and no clause that keeps them apart. */
export function mayOverlap(one: ApprovalPolicy, other: ApprovalPolicy): boolean {
  const [a, b] = [one.spec.match, other.spec.match]
  return (
    one.metadata.name !== other.metadata.name &&
    one.spec.priority === other.spec.priority &&
    haveCommon(a.targetKinds, b.targetKinds) &&
    haveCommon(a.environments, b.environments) &&
    haveCommon(a.requesters?.map(usernameOf), b.requesters?.map(usernameOf)) &&
    !areApart(a.namespaceSelector.matchLabels, b.namespaceSelector.matchLabels) &&
    commonAction(a, b) !== undefined
  )
}

type Match = ApprovalPolicySpec['match']
type Labels = Match['namespaceSelector']['matchLabels']

/** An absent list means any. */
function haveCommon(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((item) => other.includes(item))
}

function areApart(one: Labels = {}, other: Labels = {}): boolean {
  return Object.entries(one).some(([key, value]) => other[key] !== undefined && other[key] !== value)
}

function commonAction(one: Match, other: Match): string | undefined {
  for (const action of one.actions) {
    const met = other.actions.find((each) => intersects(action, each))
    if (met !== undefined) return action.includes('*') ? met : action
  }
  return undefined
}

/** Whether some text matches both patterns. In time of the product of both lengths, however many stars they have. */
export function intersects(one: string, other: string): boolean {
  if (!one.includes('*')) return matchesGlob(one, other)
  if (!other.includes('*')) return matchesGlob(other, one)
  // reachable[j]: what is read of `one` so far and the first j characters of `other` can stand for one text.
  let reachable = starsOnly(other)
  for (const character of one) {
    const next = [character === '*' && reachable[0] === true]
    for (let j = 1; j <= other.length; j++) {
      const there = other[j - 1]
      const isFree = character === '*' || there === '*'
      const step = isFree
        ? reachable[j] === true || next[j - 1] === true
        : character === there && reachable[j - 1] === true
      next.push(step)
    }
    reachable = next
  }
  return reachable[other.length] === true
}

/** Which beginnings of a pattern the empty text matches. */
function starsOnly(pattern: string): readonly boolean[] {
  const stars = /^\**/.exec(pattern)?.[0].length ?? 0
  return Array.from({ length: pattern.length + 1 }, (_, j) => j <= stars)
}
