/** Where a fact was read, and who could have written it: what the operator reads in a namespace is no better than its rights. */
import type { ComputedFact } from '../../../ports/subjects.ts'

/** Where a fact comes from. */
export type Source = {
  /** The object that it was read in. */
  readonly at: string
  /** Whose writers can write it, in the plural. */
  readonly kinds: string
  readonly namespace: string | undefined
}

/** The fact with a source that tells the approver who could have written it. */
export function writableFact(
  fact: Pick<ComputedFact, 'name' | 'value'>,
  { at, kinds, namespace = '' }: Source,
): ComputedFact {
  return { ...fact, source: `${at}; anyone who may edit ${kinds} in ${namespace} can write this` }
}
