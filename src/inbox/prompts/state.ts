/** What the inbox knows of one prompt, and its outcome. Times are ISO strings: all of it is kept as JSON. */
import type { ObjectMeta } from '../../api/objects.ts'
import type { Change } from '../../core/action/adjustment.ts'
import { secondsAfter } from '../../core/duration.ts'
import type { PromptRef } from '../../core/prompt/reference.ts'

/** The button that a person pressed. */
export type Decision = 'approve' | 'deny'

/** An answer that a person gave here, perhaps with changes; only the provider's word makes it count. */
export type Given = {
  readonly decision: Decision
  readonly at: string
  readonly changes?: readonly Change[]
}

/**
 * ```
 * Waiting ──claim──▶ Answering ──settle──▶ Answered | Refused
 *    ▲                   │ settle(Waiting): the provider gave no clear answer
 *    └───────────────────┘ or the claim was abandoned
 * ```
 * The bearer carries the answer, once: whoever has it can answer. It is dropped as soon as it is used up.
 */
export type PromptState =
  | { readonly kind: 'Waiting'; readonly bearer: string; readonly unconfirmed?: Given | undefined }
  | { readonly kind: 'Answering'; readonly bearer: string; readonly given: Given }
  | { readonly kind: 'Answered'; readonly given: Given }
  | { readonly kind: 'Refused'; readonly unconfirmed?: Given | undefined }

/** `unconfirmed` is an earlier answer that the provider may or may not have taken. */
export type Answerable = { readonly bearer: string; readonly unconfirmed: Given | undefined }

/** One prompt for one person, as it is kept. */
export type Prompt = {
  readonly ref: PromptRef
  /** The digest of the request as the operator asked it. */
  readonly digest: string
  /** The provider's `sub` of the person that is asked. */
  readonly subject: string
  readonly expiresAt: string
  /** The provider takes an answer with changes: it has handed on authorization_details. */
  readonly takesChanges: boolean
  /** When it was answered here, or first seen that its request has ended; nobody can answer it any more. */
  readonly endedAt?: string
  readonly state: PromptState
}

/** A prompt that has just arrived: nobody has answered it. */
export type NewPrompt = Prompt & { readonly state: { readonly kind: 'Waiting' } }

/** `entry` says which version was read; a write that is based on it fails once there is a newer one. */
export type TrackedPrompt = Prompt & { readonly entry: ObjectMeta }

/** The answer that this person gave here last, confirmed by the provider or not. */
export function givenIn(state: PromptState): Given | undefined {
  return 'given' in state ? state.given : state.unconfirmed
}

/** Whether to list a prompt, as far as the inbox itself knows; the request may have ended without its knowledge. */
export function isAnswerable(
  { endedAt, expiresAt, state }: Prompt,
  now: Date,
  claimSeconds: number,
): boolean {
  const isOver = endedAt !== undefined || new Date(expiresAt) <= now
  return !isOver && answerableIn(state, now, claimSeconds) !== undefined
}

/** What may still be answered, and with which bearer; undefined while an answer is on its way, and after one. */
export function answerableIn(state: PromptState, now: Date, claimSeconds: number): Answerable | undefined {
  switch (state.kind) {
    case 'Waiting':
      return { bearer: state.bearer, unconfirmed: state.unconfirmed }
    case 'Answering':
      return secondsAfter(state.given.at, claimSeconds) <= now
        ? { bearer: state.bearer, unconfirmed: state.given }
        : undefined
    case 'Answered':
    case 'Refused':
      return undefined
  }
}
