/** Does a policy match a request? Every clause is checked, so that a refusal can name the nearest policy. */
import { environmentLabel } from '../../api/names.ts'
import type { ApprovalPolicy, ApprovalPolicySpec, ApprovalRequest, Namespace } from '../../api/objects.ts'
import { inWords } from '../words.ts'
import { meetsSelector, unmetLabels } from './labels.ts'
import { isSubject } from './subject.ts'

/** A request, and the Namespace that it is in. */
export type Question = { readonly request: ApprovalRequest; readonly namespace: Namespace }

/** Which clauses of a policy's `match` a request does not meet; none if the policy matches. */
export type Match = { readonly policy: ApprovalPolicy; readonly unmet: readonly Clause[] }

type Terms = ApprovalPolicySpec['match']

/** One condition of a policy's `match`. */
export type Clause = {
  readonly about: 'Action' | 'Namespace' | 'Kind' | 'Requester'
  readonly isMet: (terms: Terms, question: Question) => boolean
  /** What it wants instead, in words that follow "the policy wants …". */
  readonly wants: (terms: Terms, question: Question) => readonly string[]
}

/** @returns every clause that the request does not meet, in the order of the fields */
export function matchOf(policy: ApprovalPolicy, question: Question): Match {
  return { policy, unmet: clauses.filter(({ isMet }) => !isMet(policy.spec.match, question)) }
}

/** What the policy wants that the request does not have, each in words that follow "the policy wants …". */
export function wantsOf({ policy, unmet }: Match, question: Question): readonly string[] {
  return [...new Set(unmet.flatMap(({ wants }) => wants(policy.spec.match, question)))]
}

const clauses: readonly Clause[] = [
  {
    about: 'Action',
    isMet: ({ actions }, { request }) => actions.some((glob) => matchesGlob(request.spec.action, glob)),
    wants: ({ actions }) => [`an action like ${inWords(actions, 'or')}`],
  },
  {
    about: 'Namespace',
    isMet: ({ namespaceSelector }, { namespace }) => meetsSelector(namespaceSelector, namespace),
    wants: ({ namespaceSelector }, { namespace }) => unmetLabels(namespaceSelector, namespace),
  },
  {
    about: 'Kind',
    isMet: ({ targetKinds }, { request }) => isAmong(request.spec.target.kind, targetKinds),
    wants: ({ targetKinds = [] }) => [`a target of kind ${inWords(targetKinds, 'or')}`],
  },
  {
    about: 'Namespace',
    isMet: ({ environments }, { namespace }) =>
      isAmong(namespace.metadata.labels?.[environmentLabel], environments),
    wants: ({ environments = [] }) => [environmentWanted(environments)],
  },
  {
    about: 'Requester',
    isMet: ({ requesters }, { request }) =>
      requesters === undefined || requesters.some((subject) => isSubject(request.spec.requester, subject)),
    wants: () => ['another requester'],
  },
]

/** Whether requests in this Namespace can match, by its labels. */
export function selectsNamespace({ environments, namespaceSelector }: Terms, namespace: Namespace): boolean {
  return (
    meetsSelector(namespaceSelector, namespace) &&
    isAmong(namespace.metadata.labels?.[environmentLabel], environments)
  )
}

/** The labels that a Namespace must have, each in words that follow "it wants …"; none where it must only lack some. */
export function labelsWanted({ environments, namespaceSelector }: Terms): readonly string[] {
  const environment = environments === undefined ? [] : [environmentWanted(environments)]
  return [...new Set([...unmetLabels(namespaceSelector, { metadata: {} }), ...environment])]
}

function environmentWanted(environments: readonly string[]): string {
  return `a namespace labelled ${environmentLabel}=${inWords(environments, 'or')}`
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
