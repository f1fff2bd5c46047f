/** The terms of a request once it is known who of its approvers is excluded. Pure. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { limitsOf } from '../limits/policy-limits.ts'
import { blocked } from '../policy/selection.ts'
import type { Blocked } from '../policy/selection.ts'
import { approverWith } from '../prompt/prompt.ts'
import { newIdOf } from './stages.ts'
import type { Surroundings, Terms } from './terms.ts'
import { firstTurns, waitOf } from './turns.ts'
import type { Limited } from './turns.ts'

/** The same with fewer approvers: of those whose turn it was, who is left; or, within the limits, who is first without the others. */
export function termsAmong(
  { request, surroundings }: { readonly request: ApprovalRequest; readonly surroundings: Surroundings },
  { terms, effective }: { readonly terms: Terms; readonly effective: EffectiveTerms },
  limited: Limited,
): Terms | Blocked {
  const { approvers } = effective
  if (approvers.length === terms.effective.approvers.length) return { ...terms, effective }
  const left = terms.prompts.flatMap((id) => newIdOf(approverWith(terms.effective, id), approvers) ?? [])
  const policy = surroundings.policies.find(({ metadata }) => metadata.name === effective.policy)
  if (policy === undefined) return { ...terms, effective, prompts: left }
  const applicant = { request, terms: effective, limits: limitsOf(policy) }
  const turns = firstTurns(applicant, limited)
  const wait = waitOf(turns)
  const { queues = [] } = wait ?? {}
  if (left.length > 0) return { ...terms, effective, prompts: left, queues }
  return turns.prompts.length === 0 && wait !== undefined
    ? { ...blocked('Throttled', wait.message), waitsFor: wait }
    : { ...terms, effective, prompts: turns.prompts, unasked: turns.unasked, queues }
}
