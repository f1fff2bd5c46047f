/** Which policies stand in each other's way: of one priority, and for the same requests or for some of the same. */
import type { ApprovalPolicy, Namespace } from '../../api/objects.ts'
import { overlapOf } from './overlap.ts'
import { namesInWords } from './selection.ts'
import type { Verdict } from './verdict.ts'

/** Whether both match the same requests with the same priority, as far as their text tells. */
export function areRivals(one: ApprovalPolicy, other: ApprovalPolicy): boolean {
  return (
    one.metadata.name !== other.metadata.name &&
    one.spec.priority === other.spec.priority &&
    // The API server hands out fields in one order.
    JSON.stringify(one.spec.match) === JSON.stringify(other.spec.match)
  )
}

/** Names all of them, so that one correction is enough for three policies. */
export function rivalry(
  policy: ApprovalPolicy,
  policies: readonly ApprovalPolicy[],
  namespaces: readonly Namespace[],
): Verdict | undefined {
  const rivals = policies.filter((other) => areRivals(policy, other))
  const overlap = overlapSentence(
    policy,
    policies.filter((other) => !areRivals(policy, other)),
    namespaces,
  )
  if (rivals.length === 0)
    return overlap === undefined ? undefined : { reason: 'OverlappingPolicy', message: overlap }
  const same = `${named(rivals, 'matches', 'match')} the same with the same priority, ${policy.spec.priority}.`
  return { reason: 'AmbiguousPolicy', message: overlap === undefined ? same : `${same} ${overlap}` }
}

function overlapSentence(
  policy: ApprovalPolicy,
  candidates: readonly ApprovalPolicy[],
  namespaces: readonly Namespace[],
): string | undefined {
  const found = candidates.flatMap((other) => {
    const overlap = overlapOf(policy, other, namespaces)
    return overlap === undefined ? [] : [{ other, ...overlap }]
  })
  const [first] = found.toSorted((a, b) => (a.other.metadata.name < b.other.metadata.name ? -1 : 1))
  if (first === undefined) return undefined
  const others = found.map(({ other }) => other)
  const samePriority = `the same priority, ${policy.spec.priority}, and`
  const some = 'some of the same requests'
  const example = `action ${first.action} in namespace ${first.namespace}`
  return others.length === 1
    ? `${named(others, 'has', 'have')} ${samePriority} matches ${some}: ${example}, for example.`
    : `${named(others, 'has', 'have')} ${samePriority} match ${some}: ${first.other.metadata.name}, for example, ${example}.`
}

/** The policies and their verb. */
function named(policies: readonly ApprovalPolicy[], one: string, several: string): string {
  const names = namesInWords(policies)
  return policies.length === 1 ? `Policy ${names} ${one}` : `Policies ${names} ${several}`
}
