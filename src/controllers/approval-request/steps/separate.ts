/** Reads whom the policy excludes, once, before the terms are fixed. */
import type { ApprovalPolicy, ApprovalRequest, EffectiveTerms } from '../../../api/objects.ts'
import { separationBy, separationFacts, withExcluded } from '../../../core/policy/separation.ts'
import type { Blocked } from '../../../core/policy/selection.ts'
import type { AnnotatedObjects } from '../../../core/ports/annotated.ts'
import type { ComputedFact } from '../../../core/ports/subjects.ts'

/** Where annotations are read. */
export type Separating = { readonly annotated: AnnotatedObjects }

/** The terms to be fixed, and what they were made of. */
export type Separated = {
  readonly kind: 'Separated'
  readonly effective: EffectiveTerms
  readonly facts: readonly ComputedFact[]
}

/**
 * Terms that are fixed stay as they are, with what was read for them. Nothing is read where the policy excludes nobody.
 * @throws what the API server's client throws, but for refusals
 */
export async function separate(
  { annotated }: Separating,
  request: ApprovalRequest,
  { effective, policy }: { readonly effective: EffectiveTerms; readonly policy: ApprovalPolicy | undefined },
): Promise<Separated | Blocked> {
  const { computed = [], effective: fixed } = request.status ?? {}
  if (fixed !== undefined) {
    const facts = computed.filter(({ name }) => separationFacts.includes(name))
    return { kind: 'Separated', effective, facts }
  }
  const duties = policy?.spec.separationOfDuties
  if (policy === undefined || duties === undefined) return { kind: 'Separated', effective, facts: [] }
  const [target, agent] = await Promise.all([
    duties.changeAuthors && annotated.target(request),
    duties.agentOwner && annotated.agent(request),
  ])
  const found = { ...(target !== undefined && { target }), ...(agent !== undefined && { agent }) }
  const separation = separationBy(policy.metadata.name, duties, found)
  if (separation.kind === 'Blocked') return separation
  const terms = withExcluded(effective, separation)
  if (terms.kind === 'Blocked') return terms
  return { kind: 'Separated', effective: terms.effective, facts: separation.facts }
}
