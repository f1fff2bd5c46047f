/** Does a policy match a question? Every clause is judged, so that a refusal can name the nearest policy. */
import { environmentLabel } from '../../api/names.ts'
import type { ApprovalPolicy, ApprovalPolicySpec, ApprovalRequest, Namespace } from '../../api/objects.ts'
import { isSubject } from './subject.ts'

export type Question = { readonly request: ApprovalRequest; readonly namespace: Namespace }

/** `unmet` says what each clause that failed wants, in words that follow "the policy wants …". */
export type Match = { readonly policy: ApprovalPolicy; readonly unmet: readonly string[] }

type Clause = (match: ApprovalPolicySpec['match'], question: Question) => string | undefined

export function matchOf(policy: ApprovalPolicy, question: Question): Match {
  const unmet = clauses
    .map((clause) => clause(policy.spec.match, question))
    .filter((want) => want !== undefined)
  return { policy, unmet }
}

const clauses: readonly Clause[] = [
  ({ actions }, { request }) =>
    actions.some((glob) => matchesGlob(request.spec.action, glob))
      ? undefined
      : `an action like ${actions.join(' or ')}`,
  ({ namespaceSelector }, { namespace }) => unmetLabels(namespaceSelector, namespace),
  ({ targetKinds }, { request }) =>
    isAmong(request.spec.target.kind, targetKinds)
      ? undefined
      : `a target of kind ${targetKinds?.join(' or ') ?? ''}`,
  ({ environments }, { namespace }) =>
    environments === undefined || isAmong(namespace.metadata.labels?.[environmentLabel], environments)
      ? undefined
      : `a namespace labelled ${environmentLabel}=${environments.join(' or ')}`,
  ({ requesters }, { request }) =>
    requesters === undefined || requesters.some((subject) => isSubject(request.spec.requester, subject))
      ? undefined
      : 'another requester',
]

/** Whether requests in this Namespace can match, by its labels. */
export function selectsNamespace(
  { environments, namespaceSelector }: ApprovalPolicySpec['match'],
  namespace: Namespace,
): boolean {
  return (
    unmetLabels(namespaceSelector, namespace) === undefined &&
    isAmong(namespace.metadata.labels?.[environmentLabel], environments)
  )
}

type Selector = ApprovalPolicySpec['match']['namespaceSelector']
type Requirement = NonNullable<Selector['matchExpressions']>[number]

function unmetLabels(selector: Selector, namespace: Namespace): string | undefined {
  const labels = namespace.metadata.labels ?? {}
  const missing = Object.entries(selector.matchLabels ?? {}).find(([key, value]) => labels[key] !== value)
  if (missing !== undefined) return `a namespace labelled ${missing.join('=')}`
  const unmet = selector.matchExpressions?.find((requirement) => !meets(labels[requirement.key], requirement))
  if (unmet === undefined) return undefined
  return `a namespace whose label ${unmet.key} is ${unmet.operator} ${unmet.values?.join(', ') ?? ''}`.trimEnd()
}

function meets(value: string | undefined, { operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

function isAmong(value: string | undefined, list: readonly string[] | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value))
}

/** `*` stands for any characters. Linear in both lengths, since a pattern of many stars must not cost more. */
export function matchesGlob(text: string, glob: string): boolean {
  const [head = '', ...rest] = glob.split('*')
  const tail = rest.pop()
  if (tail === undefined) return text === head
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  const middle = text.slice(head.length, text.length - tail.length)
  const end = rest.reduce((from, part) => {
    const at = from < 0 ? -1 : middle.indexOf(part, from)
    return at < 0 ? -1 : at + part.length
  }, 0)
  return end >= 0
}
