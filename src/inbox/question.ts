/** What may be shown to whom, and whether it may still be answered. Pure. */
import type { ApprovalRequest, Outcome } from '../api/objects.ts'
import { digestOf } from '../core/approval/digest.ts'
import { earlier } from '../core/duration.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import type { Decision, RequestRef, TrackedPrompt } from './prompts.ts'

/** `Changed`: the object is not what the operator asked about. */
export type Question =
  | { readonly kind: 'Open'; readonly answerBy: Date }
  | { readonly kind: 'Answering' }
  | { readonly kind: 'Answered'; readonly decision: Decision; readonly at: Date }
  | { readonly kind: 'Closed'; readonly outcome: Outcome }
  | { readonly kind: 'Lapsed' }
  | { readonly kind: 'Refused' }
  | { readonly kind: 'Changed' }

export type SettledQuestion = Exclude<Question, { kind: 'Open' }>

export function questionOf(prompt: TrackedPrompt, request: ApprovalRequest, now: Date): Question {
  const { state } = prompt
  if (state.kind === 'Answered' || state.kind === 'Answering') return state
  if (digestOf(request) !== prompt.digest) return { kind: 'Changed' }
  const outcome = request.status?.outcome
  if (outcome !== undefined) return { kind: 'Closed', outcome }
  if (state.kind === 'Refused') return state
  const deadline = request.status?.deadline
  const answerBy = deadline === undefined ? prompt.expiresAt : earlier(prompt.expiresAt, new Date(deadline))
  return answerBy <= now ? { kind: 'Lapsed' } : { kind: 'Open', answerBy }
}

/** A provider's `login_hint` is the username or the `sub`, by its kind. */
export function isAsked({ subject, preferredUsername }: LoggedInPerson, loginHint: string): boolean {
  return loginHint === preferredUsername || loginHint === subject
}

export function refOf({ metadata }: ApprovalRequest): RequestRef {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '' }
}
