/** What a decision is made from: the request, what is around it, and what this process remembers of it. */
import type { ApprovalRequest, Prompt } from '../../api/objects.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import type { ErrorText } from '../ports/prompting.ts'
import type { Polling } from '../prompt/polling.ts'
import { partOf } from './part.ts'
import type { Surroundings } from './terms.ts'
import type { Unasked } from '../limits/throttle.ts'

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
  /** The part of the request that the prompt is about (`partOf`), which is all of it where one person decides. */
  readonly request: ApprovalRequest
  /** The request itself; absent where that is `request`. */
  readonly whole?: ApprovalRequest | undefined
  /** The prompt's id, or `allPrompts`. Before there is one, what is remembered is the first prompt's. */
  readonly prompt: string
  /** Ids of the prompts whose tokens were revoked, as far as status does not say so yet. */
  readonly revoked?: readonly string[] | undefined
  /** Ids of the prompts whose tokens this process holds and has not stored. */
  readonly inHand?: readonly string[] | undefined
  /** Ids of the prompts whose answers a process before this one may have fetched. */
  readonly unheard?: readonly string[] | undefined
  /** Who of several people is due and is not asked yet because of a limit. */
  readonly unasked?: readonly Unasked[] | undefined
  readonly surroundings: Surroundings
  readonly progress: Progress | undefined
  /** Attempts that this process may have written as intended and knows that it did not send, whatever else it remembers. */
  readonly unsentAttempts?: readonly number[] | undefined
}

/** The request itself. */
export function wholeOf({ request, whole = request }: Pick<Observed, 'request' | 'whole'>): ApprovalRequest {
  return whole
}

/** The same, as `whole` is now. */
export function observedIn<T extends Pick<Observed, 'prompt'>>(
  observed: T,
  whole: ApprovalRequest,
): T & Pick<Observed, 'request' | 'whole'> {
  return { ...observed, request: partOf(whole, observed.prompt), whole }
}

/** Whether this process knows that the prompt's last attempt was not sent, although its record says so. */
export function isKnownUnsent({ unsentAttempts }: Observed, { attempt }: Prompt): boolean {
  return unsentAttempts?.includes(attempt) === true
}

/** Whether another process may have fetched the answer of a prompt, as far as this one knows. */
export function mayBeFetched(progress: Progress | undefined): boolean {
  if (progress?.kind === 'Polling') return progress.isTakenOver === true && progress.pendingAt === undefined
  return progress?.kind === 'TakenOver' || progress?.kind === 'Held'
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
