/** What a decision is made from: the request, what is around it, and what this process remembers of it. */
import type { ApprovalRequest, Prompt } from '../../api/objects.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import type { ErrorText } from '../ports/prompting.ts'
import type { Polling } from '../prompt/polling.ts'
import type { Surroundings } from './terms.ts'

/**
 * What this process remembers of a request between reconciles. Losing it costs time, never correctness.
 * `Backoff`: a check or a prompt failed harmlessly. `Held`: `invalid_grant`, so another process may be writing the token's
 * Secret. `heard`: what the provider answered. `Redeemed`: a token response that could not be verified or stored yet.
 * `TakenOver`: another process sent it, and may have stored the token. `Spent`: its Secret is deleted.
 */
export type Progress =
  | Polling
  | {
      readonly kind: 'Backoff'
      readonly until: Date
      readonly failures: number
      /** The provider named the pause (`Retry-After`): no news from elsewhere shortens it. */
      readonly isOrdered?: true
      readonly heard?: string
    }
  | { readonly kind: 'Held'; readonly until: Date; readonly heard?: ErrorText }
  | {
      readonly kind: 'Redeemed'
      readonly response: TokenResponse
      readonly receivedAt: Date
      /** As in `Polling`. */
      readonly pendingAt?: Date
      readonly retryAt: Date
      readonly failures: number
    }
  | { readonly kind: 'TakenOver'; readonly until: Date }
  | { readonly kind: 'Spent' }

/** A request, by one of its prompts. */
export type Observed = {
  readonly request: ApprovalRequest
  /** The prompt's id. Before there is one, what is remembered is the first prompt's. */
  readonly prompt: string
  readonly surroundings: Surroundings
  readonly progress: Progress | undefined
  /** Attempts that this process may have written as intended and knows that it did not send, whatever else it remembers. */
  readonly unsentAttempts?: readonly number[] | undefined
}

/** Whether this process knows that the prompt's last attempt was not sent, although its record says so. */
export function isKnownUnsent({ unsentAttempts }: Observed, { attempt }: Prompt): boolean {
  return unsentAttempts?.includes(attempt) === true
}

/** The operator's own limits. */
export type Settings = {
  /** How long a request stands that no policy matches. */
  readonly unmatchedSeconds: number
  /** How long an approval without a token limit is good. */
  readonly approvalSeconds: number
  readonly retentionSeconds: number
  /** How long to wait after `invalid_grant` for another process to have written the Secret. */
  readonly holdSeconds: number
  /** Labels for the Secrets with tokens, besides the operator's own. */
  readonly tokenSecretLabels?: Readonly<Record<string, string>>
}
