/** What to do next: at most one thing, by the stage alone. */
import type { EffectiveTerms, Prompt } from '../../api/objects.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import type { Blocked } from '../policy/selection.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import type { Pending, Stage } from './stage.ts'
import type { Terms } from './terms.ts'

export type Action =
  | { readonly kind: 'Nothing' }
  | { readonly kind: 'Report'; readonly blocked: Blocked; readonly deadline: Date }
  | { readonly kind: 'Ask'; readonly terms: Terms }
  | { readonly kind: 'AskAgain'; readonly terms: Terms; readonly prompt: Prompt }
  | { readonly kind: 'AwaitPing' }
  | { readonly kind: 'GiveUp'; readonly prompt: Prompt }
  | { readonly kind: 'Lapse'; readonly tooLateFor?: Date }
  | { readonly kind: 'Withdraw'; readonly withdrawal: Withdrawal }
  | { readonly kind: 'Abandon'; readonly terms: EffectiveTerms }
  | { readonly kind: 'FindToken'; readonly prompt: Prompt }
  | { readonly kind: 'RequestToken'; readonly pending: Pending }
  | {
      readonly kind: 'Deliver'
      readonly pending: Pending
      readonly response: TokenResponse
      readonly receivedAt: Date
    }
  | { readonly kind: 'DeleteToken' }
  | { readonly kind: 'DeleteRequest' }

export function decide(stage: Stage): Action {
  switch (stage.kind) {
    case 'Blocked':
      return {
        kind: 'Report',
        blocked: { kind: 'Blocked', reason: stage.reason, message: stage.message },
        deadline: stage.deadline,
      }
    case 'Ready':
      return { kind: 'Ask', terms: stage.terms }
    case 'Intended':
      // Whether it was shown cannot be learned any more.
      return { kind: 'GiveUp', prompt: stage.prompt }
    case 'AwaitingPing':
      return { kind: 'AwaitPing' }
    case 'Resendable':
      return { kind: 'AskAgain', terms: stage.terms, prompt: stage.prompt }
    case 'Resumed':
      return { kind: 'FindToken', prompt: stage.prompt }
    case 'Due':
      return { kind: 'RequestToken', pending: stage.pending }
    case 'Redeemed':
      return {
        kind: 'Deliver',
        pending: stage.pending,
        response: stage.response,
        receivedAt: stage.receivedAt,
      }
    case 'Lapsed':
      return { ...stage, kind: 'Lapse' }
    case 'Withdrawn':
      return { kind: 'Withdraw', withdrawal: stage.withdrawal }
    case 'ProviderChanged':
      return { kind: 'Abandon', terms: stage.terms }
    case 'TokenDue':
      return { kind: 'DeleteToken' }
    case 'RetentionOver':
      return { kind: 'DeleteRequest' }
    case 'Waiting':
    case 'Complete':
      return { kind: 'Nothing' }
  }
}
