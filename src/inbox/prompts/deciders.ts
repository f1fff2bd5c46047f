/** Who decides a request together with the person who looks at it, and what that person may see of their answers. Pure. */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'
import { secondsAfter, timestamp } from '../../core/duration.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { approverWith, promptOf, withPrompt } from '../../core/prompt/prompt.ts'
import * as tally from '../../core/tally/answers.ts'
import { hasEnded } from './answerable.ts'
import { askedStandingOf, standingOf } from './standing.ts'
import type { Standing } from './standing.ts'
import type { Given } from './state.ts'

/** A request as one of its approvers sees it. `given`: what this person answered in the inbox, recorded by the operator or not. */
export type Seen = {
  readonly request: ApprovalRequest
  readonly person: Pick<LoggedInPerson, 'issuer' | 'subject'>
  /** The id of this person's prompt. */
  readonly prompt: string
  readonly given: Given | undefined
}

/** How far one of the approvers is. Of others only whether they are asked, as long as their answers are hidden. */
export type Decider = {
  readonly id: string
  readonly name: string
  readonly isReader: boolean
  readonly standing: Standing
  /** When they answered. */
  readonly at?: string
}

/** The people of one stage. `insteadOf`: the stage that their approvals count toward, `afterSeconds` after the first prompt: from `opensAt` on. */
export type DecidingStage = {
  readonly name: string
  readonly required: number
  readonly deciders: readonly Decider[]
  readonly insteadOf?: string
  readonly afterSeconds?: number
  readonly opensAt?: string
}

/** Approvals that a stage still needs, and the names of those who are asked and may give them. */
export type Missing = { readonly stage: string; readonly count: number; readonly from: readonly string[] }

/** `showsAnswers`: whether this person sees what the others answered; if not, nothing is `missing` either. */
export type Deciders = {
  readonly stages: readonly DecidingStage[]
  readonly showsAnswers: boolean
  readonly missing: readonly Missing[]
}

/** @returns undefined where one person alone decides */
export function decidersOf(seen: Seen): Deciders | undefined {
  const { effective } = seen.request.status ?? {}
  const stages = effective?.stages
  if (effective === undefined || stages === undefined) return undefined
  const showsAnswers = effective.answersVisible === 'Always' || hasEnded(seen.request) || hasAnswered(seen)
  return {
    stages: stages.map(({ name, required, approvers, insteadOf, afterSeconds }) => ({
      ...{ name, required },
      deciders: approvers.map((id) => deciderOf(id, seen, { effective, showsAnswers })),
      ...(insteadOf !== undefined && { insteadOf }),
      ...(afterSeconds !== undefined && { afterSeconds, ...opening(effective, afterSeconds) }),
    })),
    showsAnswers,
    missing: showsAnswers ? missingIn(seen, effective) : [],
  }
}

/** How many different people must approve; 1 where one person alone decides. */
export function approvalsNeeded({ status }: Pick<ApprovalRequest, 'status'>): number {
  return status?.effective === undefined ? 1 : tally.approvalsNeeded(status.effective)
}

/** Whether the operator has recorded this person's approval, and waits for others. */
export function isRecorded({ request, prompt }: Pick<Seen, 'request' | 'prompt'>): boolean {
  return promptOf(request, prompt)?.state === 'Approved'
}

/** The approver's name for people to read, from the policy. @param id of the prompt */
export function nameOfApprover(id: string, terms: Pick<EffectiveTerms, 'approvers'>): string {
  return approverWith(terms, id)?.name ?? id
}

function opening({ askedAt }: EffectiveTerms, afterSeconds: number): Pick<DecidingStage, 'opensAt'> {
  return askedAt === undefined ? {} : { opensAt: timestamp(secondsAfter(askedAt, afterSeconds)) }
}

type Shown = { readonly effective: EffectiveTerms; readonly showsAnswers: boolean }

function deciderOf(id: string, seen: Seen, { effective, showsAnswers }: Shown): Decider {
  const isReader = id === seen.prompt
  const own = { id, name: nameOfApprover(id, effective), isReader }
  const prompt = promptOf(seen.request, id)
  if (isReader && prompt?.state === undefined) return { ...own, ...standingHere(seen) }
  if (!isReader && !showsAnswers) return { ...own, standing: askedStandingOf(prompt) }
  return {
    ...{ ...own, standing: standingOf(prompt) },
    ...(prompt?.answeredAt !== undefined && { at: prompt.answeredAt }),
  }
}

/** Of the person who looks at the page, and is therefore asked; the operator may not have recorded that yet, nor the answer. */
function standingHere({ given }: Seen): Pick<Decider, 'standing' | 'at'> {
  if (given === undefined) return { standing: 'Asked' }
  return { standing: given.decision === 'approve' ? 'Approved' : 'Denied', at: given.at }
}

function hasAnswered({ request, prompt, given }: Seen): boolean {
  const state = promptOf(request, prompt)?.state
  return given !== undefined || state === 'Approved' || state === 'Denied'
}

function missingIn(seen: Seen, effective: EffectiveTerms): readonly Missing[] {
  const { stages = [] } = effective
  const prompts = withOwnAnswer(seen)
  const { counts } = tally.tallyOf(effective, prompts, { isOver: false })
  return counts
    .filter(({ approvedBy, required }) => approvedBy.length < required)
    .map(({ stage, approvedBy, required }) => {
      const candidates = stages
        .filter(({ name, insteadOf }) => name === stage || insteadOf === stage)
        .flatMap(({ approvers }) => approvers)
      const asked = prompts.filter(
        ({ id, expiresAt, state }) =>
          candidates.includes(id) && expiresAt !== undefined && state === undefined,
      )
      const from = asked.map(({ id }) => nameOfApprover(id, effective))
      return { stage, count: required - approvedBy.length, from }
    })
}

/** This person's own approval counts from the moment that it is given here, as if the operator had recorded it. */
function withOwnAnswer({ request, person, prompt: id, given }: Seen): readonly Prompt[] {
  const own = promptOf(request, id)
  if (own === undefined || own.state !== undefined || given?.decision !== 'approve')
    return request.status?.prompts ?? []
  const { issuer, subject } = person
  return withPrompt(request, { ...own, state: 'Approved', answer: { issuer, subject, seal: '' } })
}
