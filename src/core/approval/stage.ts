/**
 * Where a request stands, derived from the object each time:
 *
 *   Blocked ─▶ Ready ─W1─▶ (Intended) ─I1,W2─▶ Waiting ◀─▶ Due ─I2,W3─▶ (Answered) ─W4─▶ Complete ─▶ TokenDue ─▶ Retained
 *
 * Intended and Answered are met only after a crash; the pass that made them goes on at once.
 */
import type { ApprovalRequest, EffectiveTerms, IdentityProvider, Outcome, Prompt } from '../../api/objects.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import { earlier, secondsAfter, secondsOf } from '../duration.ts'
import type { Blocked } from '../policy/selection.ts'
import { habitsOf } from '../provider/profile.ts'
import { summaryOf } from './conditions.ts'
import { deletionOf } from './deletion.ts'
import { deliversToken } from './delivery.ts'
import * as say from './messages.ts'
import { isTooLate, leastSecondsUnder } from './expiry.ts'
import { comesTooLate, type Polling } from './polling.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import { hasChanged } from './provider-change.ts'
import { termsOf, type Surroundings, type Terms } from './terms.ts'

/**
 * What this process remembers of a request between passes. Losing it costs time, never correctness.
 * `Backoff`: a check or a prompt failed harmlessly. `Held`: `invalid_grant`, so another process may be writing the token's
 * Secret. `heard`: what the provider answered. `Redeemed`: a token response that could not be verified or stored yet.
 * `TakenOver`: another process sent it, and may have stored the token. `Spent`: its Secret is deleted. `Unsent`: intended only.
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
  | { readonly kind: 'Unsent'; readonly attempt: number }
  | { readonly kind: 'Held'; readonly until: Date; readonly heard?: say.ProviderErrorText }
  | {
      readonly kind: 'Redeemed'
      readonly response: TokenResponse
      readonly receivedAt: Date
      readonly retryAt: Date
      readonly failures: number
    }
  | { readonly kind: 'TakenOver'; readonly until: Date }
  | { readonly kind: 'Spent' }

export type Observed = {
  readonly request: ApprovalRequest
  readonly surroundings: Surroundings
  readonly progress: Progress | undefined
}

/** The operator's own limits. */
export type Settings = {
  /** How long a question stands that no policy matches. */
  readonly unmatchedSeconds: number
  /** How long an approval without a token limit is good. */
  readonly approvalSeconds: number
  readonly retentionSeconds: number
  /** How long to wait after `invalid_grant` for another process to have written the Secret. */
  readonly holdSeconds: number
  /** Labels for the Secrets with tokens, besides the operator's own. */
  readonly tokenSecretLabels?: Readonly<Record<string, string>>
}

/** A prompt whose `auth_req_id` is known. */
export type Pending = {
  readonly prompt: Prompt & { readonly handle: string }
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider
}

export type Stage =
  | (Blocked & { readonly deadline: Date; readonly retryAt: Date })
  | { readonly kind: 'Ready'; readonly terms: Terms }
  /** `tooLateFor`: a prompt sent now would have to be answered by then, too soon. */
  | { readonly kind: 'Lapsed'; readonly tooLateFor?: Date }
  | { readonly kind: 'Withdrawn'; readonly withdrawal: Withdrawal }
  | { readonly kind: 'ProviderChanged'; readonly terms: EffectiveTerms }
  | { readonly kind: 'Intended'; readonly prompt: Prompt }
  | { readonly kind: 'AwaitingPing' }
  | { readonly kind: 'Resendable'; readonly terms: Terms; readonly prompt: Prompt }
  | { readonly kind: 'Waiting'; readonly until: Date }
  | { readonly kind: 'Resumed'; readonly prompt: Prompt }
  | { readonly kind: 'Due'; readonly pending: Pending }
  | {
      readonly kind: 'Redeemed'
      readonly pending: Pending
      readonly response: TokenResponse
      readonly receivedAt: Date
    }
  | { readonly kind: 'Complete'; readonly outcome: Outcome; readonly until: Date }
  | { readonly kind: 'TokenDue' }
  | { readonly kind: 'RetentionOver' }

export function stageOf(observed: Observed, settings: Settings, now: Date): Stage {
  const { outcome, effective } = observed.request.status ?? {}
  if (outcome !== undefined) return finishedStage(observed, { outcome, settings, now })
  const withdrawal = deletionOf(observed.request) ?? observed.surroundings.withdrawal
  if (withdrawal !== undefined) return { kind: 'Withdrawn', withdrawal }
  if (effective === undefined) return unaskedStage(observed, settings, now)
  return askedStage(observed, effective, now)
}

/** Until when the question stands. */
export function deadlineOf({ metadata, status }: ApprovalRequest, settings: Settings): Date {
  return new Date(
    status?.deadline ?? secondsAfter(metadata.creationTimestamp ?? '', settings.unmatchedSeconds),
  )
}

function unaskedStage({ request, surroundings, progress }: Observed, settings: Settings, now: Date): Stage {
  const terms = termsOf(request, surroundings, now)
  if (terms.kind === 'Blocked') {
    const deadline = terms.deadline ?? deadlineOf(request, settings)
    if (now >= deadline) return { kind: 'Lapsed' }
    return { ...terms, deadline, retryAt: earlier(deadline, terms.waitsFor?.retryAt ?? deadline) }
  }
  if (now >= terms.unaskedDeadline) return { kind: 'Lapsed' }
  return readyUnlessBackingOff(terms, progress, now)
}

type Asked = {
  readonly request: ApprovalRequest
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider | undefined
  readonly deadline: Date
  readonly leastSeconds: number
  readonly now: Date
}

function askedStage({ request, surroundings, progress }: Observed, terms: EffectiveTerms, now: Date): Stage {
  const deadline = new Date(request.status?.deadline ?? 0)
  const [prompt] = request.status?.prompts ?? []
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === terms.identityProvider)
  const leastSeconds = leastSecondsUnder(terms, request, surroundings.policies)
  const asked = { request, terms, provider, deadline, leastSeconds, now }
  if (prompt?.handle !== undefined) return sentStage({ ...prompt, handle: prompt.handle }, progress, asked)
  if (hasChanged(provider, terms)) return { kind: 'ProviderChanged', terms }
  const isKnownUnsent = progress?.kind === 'Unsent' && progress.attempt === prompt?.attempt
  if (prompt?.sentAt === undefined || isKnownUnsent) return unsentStage(progress, asked)
  return intendedStage(prompt, progress, asked)
}

/** The attempt reached nobody (its record carries no `sentAt`): ask again under the same terms. */
function unsentStage(progress: Progress | undefined, asked: Asked): Stage {
  const { provider, deadline, now } = asked
  if (now >= deadline) return { kind: 'Lapsed' }
  if (provider === undefined) return { kind: 'Waiting', until: deadline }
  return readyUnlessBackingOff(termsAsBefore(asked, provider), progress, now)
}

function termsAsBefore({ terms, deadline, leastSeconds }: Asked, provider: IdentityProvider): Terms {
  return { kind: 'Terms', effective: terms, deadline, unaskedDeadline: deadline, leastSeconds, provider }
}

/**
 * Sent, but the provider's answer is not known. It is sent again only where the provider takes the same assertion once; where
 * the provider pings, that brings the id.
 */
function intendedStage(prompt: Prompt, progress: Progress | undefined, asked: Asked): Stage {
  const { provider, now } = asked
  const assertionExpiresAt = new Date(prompt.assertionExpiresAt ?? 0)
  const refusesReplay = provider !== undefined && habitsOf(provider.spec).assertionReplay === 'Refused'
  if (!refusesReplay || now >= assertionExpiresAt) return awaitingPingStage(prompt, asked)
  if (progress?.kind === 'Backoff' && now < progress.until) {
    return { kind: 'Waiting', until: earlier(progress.until, assertionExpiresAt) }
  }
  return { kind: 'Resendable', terms: termsAsBefore(asked, provider), prompt }
}

function awaitingPingStage(prompt: Prompt, { request, terms, deadline, now }: Asked): Stage {
  if (terms.delivery !== 'Ping' || now >= deadline) return { kind: 'Intended', prompt }
  const isSaid = summaryOf(request)?.message === say.awaitingPing(request, deadline)
  return isSaid ? { kind: 'Waiting', until: deadline } : { kind: 'AwaitingPing' }
}

function readyUnlessBackingOff(terms: Terms, progress: Progress | undefined, now: Date): Stage {
  if (isTooLate(terms.deadline, terms.leastSeconds, now))
    return { kind: 'Lapsed', tooLateFor: terms.deadline }
  if (progress?.kind === 'Backoff' && now < progress.until) return { kind: 'Waiting', until: progress.until }
  return { kind: 'Ready', terms }
}

/** Our own sealed Secret is looked for first: an answer that was stored counts, whatever the provider is by now. */
function sentStage(prompt: Pending['prompt'], progress: Progress | undefined, asked: Asked): Stage {
  if (progress?.kind === 'Polling' || progress?.kind === 'Redeemed')
    return pendingStage(prompt, progress, asked)
  const mayBeStoredYet = progress?.kind === 'Held' || progress?.kind === 'TakenOver'
  if (mayBeStoredYet && asked.now < progress.until) return { kind: 'Waiting', until: progress.until }
  return { kind: 'Resumed', prompt }
}

function pendingStage(
  prompt: Pending['prompt'],
  progress: Extract<Progress, { kind: 'Polling' | 'Redeemed' }>,
  { terms, provider, deadline, now }: Asked,
): Stage {
  if (hasChanged(provider, terms)) return { kind: 'ProviderChanged', terms }
  if (provider === undefined)
    return now >= deadline ? { kind: 'Lapsed' } : { kind: 'Waiting', until: deadline }
  const pending = { prompt, terms, provider }
  if (progress.kind === 'Polling') {
    const isPinged = prompt.pingedAt !== undefined && progress.awaitsPing === true
    if (isPinged || now >= progress.nextAt) return { kind: 'Due', pending }
    if (comesTooLate(progress, deadline) && now >= deadline) return { kind: 'Lapsed' }
    return { kind: 'Waiting', until: comesTooLate(progress, deadline) ? deadline : progress.nextAt }
  }
  const { retryAt, response, receivedAt } = progress
  if (now < retryAt) return { kind: 'Waiting', until: retryAt }
  return { kind: 'Redeemed', pending, response, receivedAt }
}

type Finished = { readonly outcome: Outcome; readonly settings: Settings; readonly now: Date }

function finishedStage({ request, progress }: Observed, { outcome, settings, now }: Finished): Stage {
  const ttl = request.spec.ttlAfterFinished
  const finishedAt = summaryOf(request)?.lastTransitionTime ?? ''
  const retainedUntil = secondsAfter(
    finishedAt,
    ttl === undefined ? settings.retentionSeconds : secondsOf(ttl),
  )
  if (now >= retainedUntil) return { kind: 'RetentionOver' }
  const tokenEndsAt = tokenEndOf(request, settings)
  if (tokenEndsAt === undefined || progress?.kind === 'Spent')
    return { kind: 'Complete', outcome, until: retainedUntil }
  if (now >= tokenEndsAt) return { kind: 'TokenDue' }
  return { kind: 'Complete', outcome, until: earlier(tokenEndsAt, retainedUntil) }
}

/**
 * When to delete the token's Secret. A process that stood still while it stored the token may have left one behind a request
 * that has ended otherwise since; by then it is of no use any more.
 */
function tokenEndOf(request: ApprovalRequest, { approvalSeconds }: Settings): Date | undefined {
  const { outcome, tokenExpiresAt, effective, prompts } = request.status ?? {}
  if (tokenExpiresAt !== undefined) return new Date(tokenExpiresAt)
  const mayBeLeft = (outcome === 'Failed' || outcome === 'Expired') && deliversToken(request)
  if (!mayBeLeft || prompts?.[0]?.handle === undefined) return undefined
  const lifeSeconds = effective?.tokenMaxLifetimeSeconds ?? approvalSeconds
  return secondsAfter(summaryOf(request)?.lastTransitionTime ?? '', lifeSeconds)
}
