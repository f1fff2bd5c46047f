/** What came of doing something, and what is to be written and remembered of it. */
import type { ApprovalRequestStatus, Decision, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import type { Blocked } from '../policy/selection.ts'
import type { FoundHere, PromptOutcome } from '../ports/prompting.ts'
import type { TokenOutcome, TokenResponse } from '../ports/redeeming.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import type { Progress, Settings } from './observed.ts'
import type { Unasked } from '../limits/throttle.ts'

/** An approval with its verified facts, as it is sealed into the token's Secret and written to status. */
export type Approval = {
  readonly decision: Decision
  readonly validUntil: string
  readonly tokenExpiresAt?: string
  readonly secretName?: string
  /** Scopes that were requested and not granted. */
  readonly missingScopes?: readonly string[]
}

/** The verified facts of one of several approvals, with their seal. */
export type PartialAnswer = Omit<NonNullable<Prompt['answer']>, 'tokenValidUntil'>

/** One member for each way in which a step can end. */
export type ActionOutcome =
  | { readonly kind: 'Nothing' }
  /** What was decided upon is not what is there any more. */
  | { readonly kind: 'Stale' }
  | { readonly kind: 'Blocked'; readonly blocked: Blocked; readonly deadline: Date }
  | { readonly kind: 'NotAskable'; readonly blocked: Blocked; readonly deadline: Date }
  /** Nothing has failed, so it does not back off: its turn comes. */
  | { readonly kind: 'InLine'; readonly blocked: Blocked; readonly deadline: Date }
  /** `handle`: the sealed `auth_req_id`. */
  | (Omit<Extract<PromptOutcome, { kind: 'Prompted' }>, 'authReqId'> & { readonly handle: string })
  | Extract<PromptOutcome, { kind: 'NotPrompted' }>
  /** It is not known whether the prompt was shown; the same attempt may be sent again. `detail`: what came back instead. */
  | { readonly kind: 'Unanswered'; readonly detail: string; readonly retryAfterSeconds?: number }
  /** Nor will be before the provider's ping: sending again would teach nothing. */
  | { readonly kind: 'AwaitingPing' }
  /** Its answer cannot be fetched or verified, as things stand. */
  | { readonly kind: 'OutOfReach'; readonly message: string }
  /** Others are asked; these are not, because of a limit. */
  | { readonly kind: 'Unasked'; readonly unasked: readonly Unasked[] }
  | { readonly kind: 'PromptLost'; readonly message: string }
  | (Omit<Extract<TokenOutcome, { kind: 'Error' }>, 'kind'> & { readonly kind: 'TokenError' })
  | Extract<TokenOutcome, { kind: 'Unreachable' }>
  | { readonly kind: 'NoTokenFound' }
  /** `blocked`: what the API server has against the token's Secret, for people to fix. */
  | {
      readonly kind: 'Undelivered'
      readonly response: TokenResponse
      readonly receivedAt: Date
      readonly blocked?: Blocked
      /** Why it cannot be verified yet; said once that lasts. */
      readonly unverified?: Blocked
    }
  | ({ readonly kind: 'Refused'; readonly reason: FinalReason; readonly message: string } & FoundHere)
  | { readonly kind: 'Approved'; readonly approval: Approval }
  /** An approval that others must join. Its token is of no use, and is revoked once the answer is written. */
  | {
      readonly kind: 'Answered'
      readonly answer: PartialAnswer
      readonly response: TokenResponse
      readonly receivedAt: Date
      readonly tokenValidUntil: Date
      /** Ids of prompts whose approval stands in status and does not carry the operator's seal. */
      readonly unproven: readonly string[]
    }
  | { readonly kind: 'Expired'; readonly tooLateFor?: Date }
  | { readonly kind: 'Withdrawn'; readonly withdrawal: Withdrawal }
  | { readonly kind: 'TokenDeleted' }

/** Whether a provider has answered: what failed or was not sent says nothing of how quick it is. */
export function isProvidersAnswer(outcome: ActionOutcome): boolean {
  switch (outcome.kind) {
    case 'Prompted':
    case 'Approved':
    case 'Answered':
      return true
    case 'NotPrompted':
    case 'TokenError':
    case 'Refused':
      return outcome.isLocal !== true
    default:
      return false
  }
}

/** When something was done, and by which settings of the operator. */
export type Moment = { readonly settings: Settings; readonly now: Date }
/** What to write and what to remember. What is absent stays as it is. */
export type Recorded = { readonly status?: ApprovalRequestStatus; readonly progress?: Progress }
