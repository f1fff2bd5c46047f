/** Whether a Namespace has the labels that a policy's `namespaceSelector` wants, as every Kubernetes label selector has it. */
import type { ApprovalPolicySpec, Namespace } from '../../api/objects.ts'
import { inWords } from '../words.ts'

type Selector = ApprovalPolicySpec['match']['namespaceSelector']
type Labelled = { readonly metadata: Pick<Namespace['metadata'], 'labels'> }
type Requirement = NonNullable<Selector['matchExpressions']>[number]

/** An empty selector means every Namespace. */
export function meetsSelector(selector: Selector, namespace: Labelled): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labelOf(namespace, key) === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(namespace, requirement))
  )
}

/** What the Namespace lacks, each in words that follow "the policy wants …". */
export function unmetLabels(selector: Selector, namespace: Labelled): readonly string[] {
  const missing = Object.entries(selector.matchLabels ?? {})
    .filter(([key, value]) => labelOf(namespace, key) !== value)
    .map(([key, value]) => `a namespace labelled ${key}=${value}`)
  const unmet = (selector.matchExpressions ?? []).filter((requirement) => !meets(namespace, requirement))
  return [...missing, ...unmet.map(inPlainWords)]
}

/** A label may have the name of what every object inherits, such as `constructor`. */
function labelOf({ metadata: { labels } }: Labelled, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
}

function meets(namespace: Labelled, { key, operator, values = [] }: Requirement): boolean {
  const value = labelOf(namespace, key)
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

function inPlainWords({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'In':
      return `a namespace labelled ${key}=${inWords(values, 'or')}`
    case 'NotIn':
      return `a namespace that is not labelled ${key}=${inWords(values, 'or')}`
    case 'Exists':
      return `a namespace with the label ${key}`
    case 'DoesNotExist':
      return `a namespace without the label ${key}`
  }
}
