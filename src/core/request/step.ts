/**
 * What comes next for a request, derived from the object each time:
 *
 *   Report ─▶ Ask (W1, I1, W2) ─▶ Wait ◀─▶ RequestToken (I2, W3, W4) ─▶ Wait ─▶ DeleteToken ─▶ DeleteRequest
 *
 * Resend, GiveUp, FindToken and Deliver follow a crash or a failure between the writes.
 */
import type { ApprovalRequest, EffectiveTerms, IdentityProvider, Prompt } from '../../api/objects.ts'
import { promptOf } from '../prompt/prompt.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import { earlier, secondsAfter, secondsOf } from '../duration.ts'
import type { Blocked } from '../policy/selection.ts'
import { habitsOf } from '../provider/profile.ts'
import { deletionOf } from './deletion.ts'
import { answerOutOfReach, answerUnverified, unaskedWithoutProvider } from '../sentences/fetching-messages.ts'
import * as say from '../sentences/messages.ts'
import { isTooLate, leastSecondsUnder } from './expiry.ts'
import { comesTooLate } from '../prompt/polling.ts'
import { isKnownUnsent } from './observed.ts'
import { isSaidOfOne } from './said.ts'
import type { Observed, Progress, Settings } from './observed.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import { finishedStep } from './finished-step.ts'
import { allPrompts, isOfSeveral } from './part.ts'
import { hasChanged } from './provider-change.ts'
import { nextPromptsStep } from './next-prompts.ts'
import type { OthersTurn } from './next-prompts.ts'
import { fixedTerms, termsOf } from './terms.ts'
import type { Terms } from './terms.ts'
import type { Limited } from './turns.ts'

/** A prompt whose `auth_req_id` is known. */
export type Pending = {
  readonly prompt: Prompt & { readonly handle: string }
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider
  /** Those of the others, where several people are asked. */
  readonly others?: readonly Prompt[] | undefined
  /** When the provider last said that the person had not answered, as far as this process knows. */
  readonly pendingAt?: Date | undefined
}

/** What to do next about a request: at most one thing. Each has its effect in `controllers/approval-request/steps`. */
export type Step =
  /** `turn`: what the turn of others is waited for in, while some are asked. */
  | { readonly kind: 'Wait'; readonly until: Date; readonly turn?: OthersTurn }
  /** Others are asked, and status does not say yet who is not because of a limit. */
  | { readonly kind: 'SayUnasked'; readonly until: Date; readonly turn: OthersTurn }
  /** It cannot be asked yet. */
  | { readonly kind: 'Report'; readonly blocked: Blocked; readonly deadline: Date; readonly retryAt: Date }
  | { readonly kind: 'Ask'; readonly terms: Terms }
  /** The same attempt once more, where the provider takes it once. */
  | { readonly kind: 'Resend'; readonly terms: Terms; readonly prompt: Prompt }
  /** The provider is away, and status does not say so yet. */
  | { readonly kind: 'SayOutOfReach'; readonly message: string }
  /** The provider's ping will bring the lost id, and status does not say so yet. */
  | { readonly kind: 'AwaitPing' }
  /** Whether the prompt was shown cannot be learned any more. */
  | { readonly kind: 'GiveUp'; readonly prompt: Prompt }
  /** `tooLateFor`: a prompt sent now would have to be answered by then, too soon. */
  | { readonly kind: 'Expire'; readonly tooLateFor?: Date }
  | { readonly kind: 'Withdraw'; readonly withdrawal: Withdrawal }
  /** Its IdentityProvider has become another one. */
  | { readonly kind: 'Abandon'; readonly terms: EffectiveTerms }
  /** A process before this one may have stored the token. */
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

/** By what else a step is found than what was observed. */
export type Standards = Limited & { readonly settings: Settings }

/** What is next, at most one thing, from nothing but what it is given. */
export function stepOf(observed: Observed, standards: Standards): Step {
  const { settings, now } = standards
  const { outcome, effective } = observed.request.status ?? {}
  if (outcome !== undefined) return finishedStep(observed, settings, now)
  const withdrawal = deletionOf(observed.request) ?? observed.surroundings.withdrawal
  if (withdrawal !== undefined) return { kind: 'Withdraw', withdrawal }
  if (effective === undefined) return unaskedStep(observed, standards)
  return observed.prompt === allPrompts
    ? nextPromptsStep(observed, effective, standards)
    : askedStep(observed, effective, now)
}

/** Until when the request stands. What it asks for itself counts before a policy matches, too, where it is shorter. */
export function deadlineOf({ metadata, spec, status }: ApprovalRequest, settings: Settings): Date {
  if (status?.deadline !== undefined) return new Date(status.deadline)
  const own = spec.requestedExpiry === undefined ? undefined : secondsOf(spec.requestedExpiry)
  const seconds = Math.min(settings.unmatchedSeconds, own ?? settings.unmatchedSeconds)
  return secondsAfter(metadata.creationTimestamp ?? '', seconds)
}

function unaskedStep({ request, surroundings, progress }: Observed, standards: Standards): Step {
  const { settings, now } = standards
  const terms = termsOf(request, surroundings, standards)
  if (terms.kind === 'Blocked') {
    const deadline = terms.deadline ?? deadlineOf(request, settings)
    if (now >= deadline) return { kind: 'Expire' }
    return {
      kind: 'Report',
      blocked: terms,
      deadline,
      retryAt: earlier(deadline, terms.waitsFor?.retryAt ?? deadline),
    }
  }
  if (now >= terms.unaskedDeadline) return { kind: 'Expire' }
  return readyUnlessBackingOff(terms, progress, now)
}

type Asked = Pick<Observed, 'request' | 'whole'> & {
  /** Of the prompt. */
  readonly id: string
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider | undefined
  readonly deadline: Date
  readonly leastSeconds: number
  readonly now: Date
}

function askedStep(observed: Observed, terms: EffectiveTerms, now: Date): Step {
  const { request, whole, surroundings, progress } = observed
  const deadline = new Date(request.status?.deadline ?? 0)
  const prompt = promptOf(request, observed.prompt)
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === terms.identityProvider)
  const leastSeconds = leastSecondsUnder(terms, request, surroundings.policies)
  const asked = { id: observed.prompt, request, whole, terms, provider, deadline, leastSeconds, now }
  if (prompt?.state !== undefined) return { kind: 'Wait', until: deadline }
  if (prompt?.handle !== undefined)
    return withOthers(observed, sentStep({ ...prompt, handle: prompt.handle }, progress, asked))
  if (hasChanged(provider, terms)) return { kind: 'Abandon', terms }
  if (prompt?.sentAt === undefined || isKnownUnsent(observed, prompt)) return unsentStep(progress, asked)
  return intendedStep(prompt, progress, asked)
}

/** An answer is judged together with what others have answered. */
function withOthers({ prompt, whole }: Observed, step: Step): Step {
  if (whole === undefined || !isOfSeveral(whole)) return step
  const { prompts = [] } = whole.status ?? {}
  if (step.kind !== 'RequestToken' && step.kind !== 'Deliver') return step
  return { ...step, pending: { ...step.pending, others: prompts.filter(({ id }) => id !== prompt) } }
}

/** The attempt reached nobody (its record carries no `sentAt`): ask again under the same terms. */
function unsentStep(progress: Progress | undefined, asked: Asked): Step {
  const { request, terms, provider, deadline, now } = asked
  if (now >= deadline) return { kind: 'Expire' }
  if (provider === undefined) return saying(asked, unaskedWithoutProvider(request, terms), deadline)
  return readyUnlessBackingOff(termsAsBefore(asked, provider), progress, now)
}

function termsAsBefore({ terms, deadline, leastSeconds, id }: Asked, provider: IdentityProvider): Terms {
  return fixedTerms({ effective: terms, deadline, leastSeconds, provider }, [id])
}

/**
 * Sent, but the provider's answer is not known. It is sent again only where the provider takes the same assertion once; where
 * the provider pings, that brings the id.
 */
function intendedStep(prompt: Prompt, progress: Progress | undefined, asked: Asked): Step {
  const { provider, now } = asked
  const assertionExpiresAt = new Date(prompt.assertionExpiresAt ?? 0)
  const refusesReplay = provider !== undefined && habitsOf(provider.spec).assertionReplay === 'Refused'
  if (!refusesReplay || now >= assertionExpiresAt) return awaitingPingStep(prompt, asked)
  if (progress?.kind === 'Backoff' && now < progress.until) {
    return { kind: 'Wait', until: earlier(progress.until, assertionExpiresAt) }
  }
  return { kind: 'Resend', terms: termsAsBefore(asked, provider), prompt }
}

function awaitingPingStep(prompt: Prompt, asked: Asked): Step {
  const { request, terms, deadline, now } = asked
  if (terms.delivery !== 'Ping' || now >= deadline) return { kind: 'GiveUp', prompt }
  return isSaidOfOne(asked, say.awaitingPing(request, deadline))
    ? { kind: 'Wait', until: deadline }
    : { kind: 'AwaitPing' }
}

function readyUnlessBackingOff(terms: Terms, progress: Progress | undefined, now: Date): Step {
  if (isTooLate(terms.deadline, terms.leastSeconds, now))
    return { kind: 'Expire', tooLateFor: terms.deadline }
  // A provider may name a pause (`Retry-After`) that is longer than the request stands.
  if (progress?.kind === 'Backoff' && now < progress.until)
    return { kind: 'Wait', until: earlier(progress.until, terms.unaskedDeadline) }
  return { kind: 'Ask', terms }
}

/** Our own sealed Secret is looked for first: an answer that was stored counts, whatever the provider is by now. */
function sentStep(prompt: Pending['prompt'], progress: Progress | undefined, asked: Asked): Step {
  if (progress?.kind === 'Polling' || progress?.kind === 'Redeemed')
    return pendingStep(prompt, progress, asked)
  const mayBeStoredYet = progress?.kind === 'Held' || progress?.kind === 'TakenOver'
  if (mayBeStoredYet && asked.now < progress.until) return { kind: 'Wait', until: progress.until }
  return { kind: 'FindToken', prompt }
}

function pendingStep(
  prompt: Pending['prompt'],
  progress: Extract<Progress, { kind: 'Polling' | 'Redeemed' }>,
  asked: Asked,
): Step {
  const { terms, provider, deadline, now } = asked
  if (hasChanged(provider, terms)) return { kind: 'Abandon', terms }
  if (provider === undefined) return withoutProviderStep(progress, asked)
  const { pendingAt } = progress
  const pending = { prompt, terms, provider, ...(pendingAt !== undefined && { pendingAt }) }
  if (progress.kind === 'Polling') {
    const isPinged = prompt.pingedAt !== undefined && progress.awaitsPing === true
    if (isPinged || now >= progress.nextAt) return { kind: 'RequestToken', pending }
    if (comesTooLate(progress, deadline) && now >= deadline) return { kind: 'Expire' }
    return { kind: 'Wait', until: comesTooLate(progress, deadline) ? deadline : progress.nextAt }
  }
  const { retryAt, response, receivedAt } = progress
  if (now < retryAt) return { kind: 'Wait', until: retryAt }
  return { kind: 'Deliver', pending, response, receivedAt }
}

/** Until it is created again, nothing can be fetched, and nothing that was fetched can be verified. */
function withoutProviderStep(
  { kind }: Extract<Progress, { kind: 'Polling' | 'Redeemed' }>,
  asked: Asked,
): Step {
  const { request, terms, deadline, now } = asked
  if (now >= deadline) return { kind: 'Expire' }
  const why = `IdentityProvider ${terms.identityProvider} was deleted`
  const message =
    kind === 'Redeemed' ? answerUnverified(request, why, deadline) : answerOutOfReach(request, why)
  return saying(asked, message, deadline)
}

function saying(asked: Asked, message: string, until: Date): Step {
  return isSaidOfOne(asked, message) ? { kind: 'Wait', until } : { kind: 'SayOutOfReach', message }
}
