/** What the tally is counted from: the stages that a request was asked under, and what became of each prompt. */
import type { EffectiveTerms, Prompt } from '../../api/objects.ts'
import { promptOf } from '../prompt/prompt.ts'
import type { TimedStage } from './due.ts'
import { tally } from './tally.ts'
import type { Answer, Tally } from './tally.ts'

/** The stages with the ids of their prompts; none where one approver decides alone. */
export function stagesOf({ stages = [] }: Pick<EffectiveTerms, 'stages'>): readonly TimedStage[] {
  return stages
}

/** How many people must approve. */
export function approvalsNeeded({ stages }: Pick<EffectiveTerms, 'stages'>): number {
  if (stages === undefined) return 1
  return stages.reduce((sum, { insteadOf, required }) => sum + (insteadOf === undefined ? required : 0), 0)
}

/** A form of issuer and `sub` that is equal for equal people only. */
export function subjectOf({
  issuer,
  subject,
}: {
  readonly issuer: string
  readonly subject: string
}): string {
  return JSON.stringify([issuer, subject])
}

/**
 * @param prompts those of the request, as they are or as they would be
 * @param isOver whether its deadline has passed: who was not asked is not asked any more
 */
export function tallyOf(
  effective: EffectiveTerms,
  prompts: readonly Prompt[],
  { isOver }: { readonly isOver: boolean },
): Tally {
  const answers = new Map(
    [...new Set(stagesOf(effective).flatMap(({ approvers }) => approvers))].map((id) => {
      const prompt = promptOf({ status: { prompts } }, id)
      return [id, prompt === undefined ? unasked(isOver) : answerOf(prompt)] as const
    }),
  )
  return tally(stagesOf(effective), answers)
}

/** By the prompt's id; who is absent was not asked yet. */
export function answersOf(prompts: readonly Prompt[]): ReadonlyMap<string, Answer> {
  return new Map(prompts.map((prompt) => [prompt.id, answerOf(prompt)]))
}

function unasked(isOver: boolean): Answer {
  return { kind: isOver ? 'Failed' : 'Open' }
}

function answerOf({ answer, state }: Prompt): Answer {
  switch (state) {
    case undefined:
      return { kind: 'Open' }
    case 'Approved':
      return answer === undefined ? { kind: 'Failed' } : { kind: 'Approved', subject: subjectOf(answer) }
    case 'Denied':
      return { kind: 'Denied' }
    default:
      return { kind: 'Failed' }
  }
}
