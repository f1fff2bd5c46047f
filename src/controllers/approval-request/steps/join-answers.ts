/** One of several approvals: whether it decides, together with those that others have given. */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../../api/objects.ts'
import { answerFactsOf, partialAnswerOf, provenApprover } from '../../../core/answer/partial-answer.ts'
import type { Verified } from '../../../core/answer/approval.ts'
import { bindingOf } from '../../../core/answer/token-secret.ts'
import type { VerifiedApprover } from '../../../core/answer/verification.ts'
import type { PartialAnswer } from '../../../core/request/outcome.ts'
import { stagesOf, subjectOf } from '../../../core/tally/answers.ts'
import { tally } from '../../../core/tally/tally.ts'
import type { Answer } from '../../../core/tally/tally.ts'
import type { Dependencies } from '../dependencies.ts'

type Sealing = Pick<Dependencies, 'sealer'>
type Given = { readonly id: string; readonly approver: VerifiedApprover }

/** `approvers`: everyone whose approval counts, if the stages are complete. `unproven`: ids of prompts whose seal says something else. */
export type Joined = {
  readonly approvers?: readonly VerifiedApprover[] | undefined
  readonly unproven: readonly string[]
}

/**
 * This approval, with those of others that stand in status; one counts only if its seal says the same.
 *
 * @param others their prompts
 */
export async function approversWith(
  { sealer }: Sealing,
  request: ApprovalRequest,
  { verified, others }: { readonly verified: Verified; readonly others: readonly Prompt[] },
): Promise<Joined> {
  const approved = others.filter(({ state }) => state === 'Approved')
  const opened = await Promise.all(approved.map((prompt) => openedAnswer({ sealer }, request, prompt)))
  const own = { id: verified.answer.prompt.id, approver: answerFactsOf(verified).approver }
  const proven = opened.flatMap((other) => other ?? [])
  return {
    approvers: counted(verified.terms, [...proven, own]),
    unproven: approved.filter(({ id }) => proven.every((other) => other.id !== id)).map(({ id }) => id),
  }
}

/** The facts of an approval that does not decide, sealed. */
export async function sealedAnswer(
  { sealer }: Sealing,
  request: ApprovalRequest,
  verified: Verified,
): Promise<PartialAnswer> {
  const facts = answerFactsOf(verified)
  const seal = await sealer.seal(bindingOf(request, verified.answer.prompt, 'answer'), facts)
  return partialAnswerOf(facts, seal)
}

async function openedAnswer(
  { sealer }: Sealing,
  request: ApprovalRequest,
  prompt: Prompt,
): Promise<Given | undefined> {
  if (prompt.answer === undefined) return undefined
  const opened = await sealer.open(bindingOf(request, prompt, 'answer'), prompt.answer.seal)
  const approver = provenApprover(prompt, opened)
  return approver && { id: prompt.id, approver }
}

/** In the order of the stages; undefined while somebody is missing. */
function counted(terms: EffectiveTerms, given: readonly Given[]): readonly VerifiedApprover[] | undefined {
  const answers = new Map<string, Answer>(
    given.map(({ id, approver }) => [id, { kind: 'Approved', subject: subjectOf(approver) }]),
  )
  const { kind, counts } = tally(stagesOf(terms), answers)
  if (kind !== 'Satisfied') return undefined
  const ids = counts.flatMap(({ approvedBy }) => approvedBy)
  return ids.flatMap((id) => given.find((each) => each.id === id)?.approver ?? [])
}
