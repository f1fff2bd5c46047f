/** What may be shown to whom, and whether it may still be answered. Pure. */
import type { ApprovalRequest, Prompt as RecordedPrompt } from '../../api/objects.ts'
import { digestOf } from '../../api/digest.ts'
import { earlier } from '../../core/duration.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import { answerableIn } from './state.ts'
import type { Given, Prompt } from './state.ts'

/**
 * Whether a request can be answered now, and if not, why. `Changed`: the object is not what the operator asked about.
 * `unconfirmed`: an answer that may not have arrived.
 */
export type Question =
  | { readonly kind: 'Open'; readonly answerBy: Date; readonly unconfirmed: Given | undefined }
  | { readonly kind: 'Answering' }
  | { readonly kind: 'Answered'; readonly given: Given }
  | { readonly kind: 'Closed' }
  | { readonly kind: 'Expired'; readonly at: Date }
  | { readonly kind: 'Refused'; readonly unconfirmed?: Given | undefined }
  | { readonly kind: 'Changed' }
  /** Others are still asked; this person's own prompt has ended. */
  | { readonly kind: 'NoLongerAsked'; readonly state: NonNullable<RecordedPrompt['state']> }

/** A request that cannot be answered now. */
export type SettledQuestion = Exclude<Question, { kind: 'Open' }>

/** When the request is looked at, and after how long without a word from the provider an answer may be given again. */
export type Looking = { readonly now: Date; readonly claimSeconds: number }

/**
 * What a person may do about a request, from the kept prompt and the live object. What differs from what was asked is never
 * open.
 */
export function questionOf(prompt: Prompt, request: ApprovalRequest, looking: Looking): Question {
  const { state } = prompt
  const { now, claimSeconds } = looking
  if (state.kind === 'Answered') return state
  if (digestOf(request) !== prompt.digest) return { kind: 'Changed' }
  if (hasEnded(request)) return { kind: 'Closed' }
  const own = promptOf(request, prompt.ref.prompt)?.state
  if (own !== undefined) return { kind: 'NoLongerAsked', state: own }
  if (state.kind === 'Refused') return state
  const answerable = answerableIn(state, now, claimSeconds)
  if (answerable === undefined) return { kind: 'Answering' }
  const answerBy = answerableUntil(prompt, request)
  return answerBy <= now
    ? { kind: 'Expired', at: answerBy }
    : { kind: 'Open', answerBy, unconfirmed: answerable.unconfirmed }
}

/** Whether nothing can be answered any more: there is an outcome, or somebody deletes the request. */
export function hasEnded({ metadata, status }: ApprovalRequest): boolean {
  return status?.outcome !== undefined || metadata.deletionTimestamp !== undefined
}

function answerableUntil({ expiresAt }: Prompt, { status }: ApprovalRequest): Date {
  const expires = new Date(expiresAt)
  return status?.deadline === undefined ? expires : earlier(expires, new Date(status.deadline))
}

/** Whether the prompt is for this person, by `sub`: names can be changed, and taken over. */
export function isAsked({ subject }: LoggedInPerson, prompt: Prompt): boolean {
  return subject === prompt.subject
}
