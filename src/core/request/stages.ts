/** The stages of a policy, and the people in them, as a request is asked under them. Pure. */
import type { EffectiveTerms } from '../../api/objects.ts'
import { secondsOf } from '../duration.ts'
import { personKeyOf } from '../policy/approvers.ts'
import type { Person, ResolvedStage } from '../policy/approvers.ts'
import { approverWith, promptIdOf } from '../prompt/prompt.ts'

type Stages = readonly ResolvedStage[]
type EffectiveStages = NonNullable<EffectiveTerms['stages']>

/** Everyone whom the stages name, in their order; who is named more than once, under whatever names, is asked once. */
export function peopleOf(stages: Stages): readonly Person[] {
  const people = new Map<string, Person>()
  for (const { approvers } of stages)
    for (const person of approvers)
      if (!people.has(personKeyOf(person))) people.set(personKeyOf(person), person)
  return [...people.values()]
}

/**
 * @param approvers who may be asked, each with the place in this list that its prompt is named after
 * @returns undefined where one person decides alone
 */
export function stagesAmong(
  stages: Stages,
  approvers: EffectiveTerms['approvers'],
): EffectiveStages | undefined {
  const among = stages.map((stage) => stageAmong(stage, approvers))
  return isAlone(among, approvers) ? undefined : among
}

/**
 * The terms with these approvers alone, of those that they have: stages and ids follow. Where that leaves one person who is enough, that
 * one decides alone.
 */
export function withApprovers(terms: EffectiveTerms, approvers: EffectiveTerms['approvers']): EffectiveTerms {
  const { stages, askedAt, answersVisible, ...rest } = terms
  if (stages === undefined) return { ...terms, approvers }
  const left = stages.map((stage) => ({
    ...stage,
    approvers: stage.approvers.flatMap((id) => newIdOf(approverWith(terms, id), approvers) ?? []),
  }))
  if (isAlone(left, approvers)) return { ...rest, approvers }
  return {
    ...{ ...rest, approvers, stages: left },
    ...(askedAt !== undefined && { askedAt }),
    ...(answersVisible !== undefined && { answersVisible }),
  }
}

/** @returns undefined for one who is not among them */
export function newIdOf(
  approver: EffectiveTerms['approvers'][number] | undefined,
  approvers: EffectiveTerms['approvers'],
): string | undefined {
  const index = approvers.findIndex((each) => each === approver)
  return index === -1 ? undefined : promptIdOf(index)
}

function isAlone(
  stages: readonly Pick<EffectiveStages[number], 'insteadOf' | 'required'>[],
  approvers: EffectiveTerms['approvers'],
): boolean {
  const needed = stages.filter(({ insteadOf }) => insteadOf === undefined)
  return approvers.length === 1 && needed.length === 1 && needed[0]?.required === 1
}

function stageAmong(
  { name, required, approvers: people, insteadOf, after, turn }: Stages[number],
  approvers: EffectiveTerms['approvers'],
): EffectiveStages[number] {
  const ids = people.flatMap((person) => {
    const index = approvers.findIndex((approver) => isOf(person, approver))
    return index === -1 ? [] : [promptIdOf(index)]
  })
  return {
    ...{ name, required, approvers: [...new Set(ids)] },
    ...(insteadOf !== undefined && { insteadOf }),
    ...(after !== undefined && { afterSeconds: secondsOf(after) }),
    ...(turn !== undefined && { turnSeconds: secondsOf(turn) }),
  }
}

function isOf({ hint, subject }: Person, approver: EffectiveTerms['approvers'][number]): boolean {
  return hint === approver.hint && (subject ?? hint) === approver.expected
}
