/**
 * Whether the answers of several people satisfy the stages of a policy. Pure, and the order of answers does not matter.
 *
 * A person counts once per request, whichever stages name them, so that "SRE and security" needs two people. One denial ends the
 * request. A prompt that failed ends nothing while the people who are left can still satisfy every stage.
 */
import { assigned } from './assignment.ts'
import type { Place } from './assignment.ts'

/** `approvers`: their names, unique in a request. `insteadOf`: its approvals count toward that stage, once it is open. */
export type TallyStage = {
  readonly name: string
  /** How many distinct people must approve. */
  readonly required: number
  readonly approvers: readonly string[]
  readonly insteadOf?: string
}

/**
 * What became of one approver's prompt. `subject`: issuer and `sub` of the verified ID token, in a form of their own that is equal
 * for equal people only.
 */
export type Answer =
  | { readonly kind: 'Approved'; readonly subject: string }
  | { readonly kind: 'Denied' }
  /** No answer of theirs can come any more: the prompt failed, or expired. */
  | { readonly kind: 'Failed' }
  /** Their prompt is open, or is still to be sent. */
  | { readonly kind: 'Open' }

/** The approvals of a stage: who counts for it, and how many are needed. */
export type StageCount = {
  readonly stage: string
  readonly approvedBy: readonly string[]
  readonly required: number
}

/** What the answers amount to; `counts` says for each stage who counts. */
export type Tally =
  | { readonly kind: 'Open'; readonly counts: readonly StageCount[] }
  | { readonly kind: 'Satisfied'; readonly counts: readonly StageCount[] }
  /** `by`: who denied, in the order of the stages. */
  | { readonly kind: 'Vetoed'; readonly by: readonly string[]; readonly counts: readonly StageCount[] }
  /** Even if everyone who is left approved, these stages could not all be satisfied. */
  | {
      readonly kind: 'Exhausted'
      readonly unsatisfied: readonly string[]
      readonly counts: readonly StageCount[]
    }

/**
 * @param stages in the order of the policy
 * @param answers by the approver's name; who is absent is not asked yet, and may still approve
 */
export function tally(stages: readonly TallyStage[], answers: ReadonlyMap<string, Answer>): Tally {
  const voters = stages.flatMap(({ approvers }) => approvers)
  const by = [...new Set(voters.filter((name) => answers.get(name)?.kind === 'Denied'))]
  const places = placesOf(stages)
  const approvals = assigned(places, (name) => subjectIn(answers.get(name)))
  const counts = places.map(({ name, required }) => ({
    stage: name,
    approvedBy: approvals.get(name) ?? [],
    required,
  }))
  if (by.length > 0) return { kind: 'Vetoed', by, counts }
  const unsatisfied = missing(places, approvals)
  if (unsatisfied.length === 0) return { kind: 'Satisfied', counts }
  const possible = assigned(places, (name) => subjectAtBest(name, answers.get(name)))
  const impossible = missing(places, possible)
  return impossible.length === 0
    ? { kind: 'Open', counts }
    : { kind: 'Exhausted', unsatisfied: impossible, counts }
}

/** Each stage that must be satisfied, with everyone whose approval may count for it. */
export function placesOf(stages: readonly TallyStage[]): readonly Place[] {
  return stages.filter(({ insteadOf }) => insteadOf === undefined).map((stage) => placeOf(stage, stages))
}

/** A stage with everyone who may approve it: its own approvers first, then those of the stages that stand in for it. */
function placeOf({ name, required, approvers }: TallyStage, stages: readonly TallyStage[]): Place {
  const standIns = stages.filter(({ insteadOf }) => insteadOf === name).flatMap((stage) => stage.approvers)
  return { name, required, candidates: [...new Set([...approvers, ...standIns])] }
}

function missing(
  places: readonly Place[],
  filled: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return places
    .filter(({ name, required }) => (filled.get(name)?.length ?? 0) < required)
    .map(({ name }) => name)
}

function subjectIn(answer: Answer | undefined): string | undefined {
  return answer?.kind === 'Approved' ? answer.subject : undefined
}

/** Nobody knows the subject of who has not answered: at best it is a person of their own. */
function subjectAtBest(name: string, answer: Answer | undefined): string | undefined {
  if (answer?.kind === 'Denied' || answer?.kind === 'Failed') return undefined
  return subjectIn(answer) ?? `not answered: ${name}`
}
