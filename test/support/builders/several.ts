/** Requests that several people decide, as the operator records them. */
import type { ApprovalRequestStatus, EffectiveTerms, Prompt } from '../../../src/api/objects.ts'
import type { FinalReason } from '../../../src/api/reasons.ts'
import { at } from '../fakes/clocks/clock.ts'
import { anApprovalRequest, theTerms } from './builders.ts'

type Stage = NonNullable<EffectiveTerms['stages']>[number]

/** Alice, Bob and Carol are approver-1 to approver-3; their issuer is the provider's, their `sub` their first name. */
export const people = ['alice@company.com', 'bob@company.com', 'carol@company.com'] as const

/** Two of Alice and Bob. */
export const bothOfTwo: readonly Stage[] = [{ name: 'sre', required: 2, approvers: idsOf(1, 2) }]
/** Two of all three. */
export const twoOfThree: readonly Stage[] = [{ name: 'sre', required: 2, approvers: idsOf(1, 2, 3) }]
/** Alice or Bob, and Carol. */
export const sreAndSecurity: readonly Stage[] = [
  { name: 'sre', required: 1, approvers: idsOf(1, 2) },
  { name: 'security', required: 1, approvers: idsOf(3) },
]
/** Alice, then Bob, and after ten minutes Carol in their place. */
export const inTurnThenLead: readonly Stage[] = [
  { name: 'sre', required: 1, approvers: idsOf(1, 2), turnSeconds: 120 },
  { name: 'lead', required: 1, approvers: idsOf(3), insteadOf: 'sre', afterSeconds: 600 },
]

/** `reached`: whom the last attempt has reached where the provider has not taken it; the record of one that reached nobody has no `sentAt`. */
export type PromptSoFar = Partial<Prompt> & { readonly reached?: 'Nobody' | 'PerhapsSomebody' }

/** A prompt of each approver of the stages who is asked, by what became of it; undefined for one that is open. */
export type Answers = Readonly<Record<string, PromptSoFar | undefined>>

/** @param answers by the prompt's id; only who stands there is asked */
export function aRequestOfSeveral(
  stages: readonly Stage[],
  answers: Answers,
  terms: Partial<EffectiveTerms> = {},
): ReturnType<typeof anApprovalRequest> {
  return anApprovalRequest()
    .pending()
    .having(statusOfSeveral(stages, answers, terms))
}

export function statusOfSeveral(
  stages: readonly Stage[],
  answers: Answers,
  terms: Partial<EffectiveTerms> = {},
): Required<Pick<ApprovalRequestStatus, 'effective' | 'prompts'>> {
  const approvers = people.map((name) => {
    const hint = name.replace('@company.com', '')
    return { name, hint, claim: 'preferred_username', expected: hint }
  })
  return {
    effective: theTerms({ stages, approvers, askedAt: at(0), ...terms }),
    prompts: Object.entries(answers).map(([id, answer]) => promptOf(id, stages, answer)),
  }
}

/** As the operator records an approval that does not decide alone. */
export function approvedBy(subject: string, when = 20): Partial<Prompt> {
  const answer = { issuer: 'https://sso.company.com', subject, seal: 'sealed' }
  return { state: 'Approved', answeredAt: at(when), answer }
}

/** As the operator records a denial. */
export function denied(when = 20): Partial<Prompt> {
  return { state: 'Denied', answeredAt: at(when) }
}

/** Everyone who approved; the last one's approval decided. */
export function decidedBy(...ids: readonly string[]): ApprovalRequestStatus {
  const approvers = ids.map((id) => {
    const name = nameOf(id)
    return { issuer: 'https://sso.company.com', subject: name.replace('@company.com', ''), name }
  })
  const [prompt] = ids.slice(-1)
  return {
    decision: { approvers, decidedAt: at(25), seal: 's', ...(prompt !== undefined && { prompt }) },
    validUntil: at(600),
  }
}

type Request = ReturnType<typeof anApprovalRequest>

/** The same with an outcome, as `finished` says it of a request of one approver. */
export function endedAs(reason: FinalReason, request: Request): Request {
  const { outcome, conditions } = request.finished(reason).status ?? {}
  return outcome === undefined || conditions === undefined ? request : request.having({ outcome, conditions })
}

function promptOf(id: string, stages: readonly Stage[], { reached, ...answer }: PromptSoFar = {}): Prompt {
  const stage = stages.filter(({ approvers }) => approvers.includes(id)).map(({ name }) => name)
  const taken = { expiresAt: at(600), intervalSeconds: 5, handle: 'sealed' }
  return {
    ...{ id, approver: nameOf(id), stage: stage.join(', '), attempt: 1 },
    ...(reached !== 'Nobody' && { sentAt: at(0) }),
    ...(reached === undefined && taken),
    ...answer,
  }
}

function nameOf(id: string): string {
  return people.find((_, index) => id === `approver-${index + 1}`) ?? id
}

function idsOf(...numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `approver-${number}`)
}
