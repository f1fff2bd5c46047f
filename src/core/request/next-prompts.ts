/** What comes next for a request that several people are asked about, besides what becomes of each prompt. Pure. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { earlier, secondsAfter } from '../duration.ts'
import { limitsOf } from '../limits/policy-limits.ts'
import { lastAnswerSeconds } from '../prompt/polling.ts'
import { isTooLate, leastSecondsUnder } from './expiry.ts'
import type { Observed } from './observed.ts'
import { hasChanged } from './provider-change.ts'
import { fixedTerms } from './terms.ts'
import type { Terms } from './terms.ts'
import { dueNow, turnsOf, waitOf } from './turns.ts'
import type { Limited, Turns } from './turns.ts'
import type { Unasked } from '../limits/throttle.ts'
import { needNotSayUnasked } from './whole.ts'

/** Members of `Step`, see step.ts. */
export type NextPromptsStep =
  | { readonly kind: 'Wait'; readonly until: Date; readonly turn?: OthersTurn }
  | { readonly kind: 'SayUnasked'; readonly until: Date; readonly turn: OthersTurn }
  | { readonly kind: 'Ask'; readonly terms: Terms }
  | { readonly kind: 'Expire' }
  | { readonly kind: 'Abandon'; readonly terms: EffectiveTerms }

/** Approvers who are due and whom a limit keeps from being asked, and the queues in which the request waits for them. */
export type OthersTurn = { readonly queues: readonly string[]; readonly unasked: readonly Unasked[] }

/**
 * Who of several people is asked next: one whose turn has come, whose stage opens, or who had too much to answer before. What was sent
 * already is the matter of its own prompt.
 */
export function nextPromptsStep(
  observed: Observed,
  terms: EffectiveTerms,
  standards: Limited,
): NextPromptsStep {
  const { request, surroundings, progress } = observed
  const { now } = standards
  const deadline = new Date(request.status?.deadline ?? 0)
  const { prompts = [] } = request.status ?? {}
  const isOpen = prompts.some(({ state }) => state === undefined)
  if (now >= deadline)
    return isOpen ? { kind: 'Wait', until: afterLastAnswer(deadline, now) } : { kind: 'Expire' }
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === terms.identityProvider)
  // It may be created again before the deadline.
  if (provider === undefined) return { kind: 'Wait', until: deadline }
  if (hasChanged(provider, terms))
    return isOpen ? { kind: 'Wait', until: deadline } : { kind: 'Abandon', terms }
  const turns = turnsIn(observed, terms, standards)
  const { nextAt = deadline } = turns
  const leastSeconds = leastSecondsUnder(terms, request, surroundings.policies)
  const isNobodyDue = turns.prompts.length + turns.throttles.length === 0
  if (isNobodyDue || isTooLate(deadline, leastSeconds, now))
    return { kind: 'Wait', until: earlier(nextAt, deadline) }
  if (progress?.kind === 'Backoff' && now < progress.until)
    return { kind: 'Wait', until: earlier(progress.until, deadline) }
  if (turns.prompts.length > 0) {
    const { queues = [] } = waitOf(turns) ?? {}
    const fixed = { effective: terms, deadline, leastSeconds, provider, unasked: turns.unasked, queues }
    return { kind: 'Ask', terms: fixedTerms(fixed, turns.prompts) }
  }
  return waitStep(request, turns, deadline)
}

/** Without its policy nobody limits a request that is under way. */
function turnsIn({ request, surroundings }: Observed, terms: EffectiveTerms, limited: Limited): Turns {
  const { now } = limited
  const askedAt = new Date(terms.askedAt ?? now)
  const policy = surroundings.policies.find(({ metadata }) => metadata.name === terms.policy)
  if (policy !== undefined) return turnsOf({ request, terms, limits: limitsOf(policy) }, { askedAt }, limited)
  const { ask, nextAt } = dueNow(request, terms, { askedAt, now })
  return {
    ...{ prompts: ask, throttles: [], unasked: [] },
    ...(nextAt !== undefined && { nextAt }),
  }
}

function waitStep(request: ApprovalRequest, turns: Turns, deadline: Date): NextPromptsStep {
  const { queues = [], retryAt = deadline } = waitOf(turns) ?? {}
  const { unasked } = turns
  const turn = { queues, unasked }
  const until = earlier(retryAt, deadline)
  return needNotSayUnasked(request, unasked)
    ? { kind: 'Wait', until, turn }
    : { kind: 'SayUnasked', until, turn }
}

/** Each prompt still gets its last token request. */
function afterLastAnswer(deadline: Date, now: Date): Date {
  const end = secondsAfter(deadline, lastAnswerSeconds + 1)
  return end > now ? end : secondsAfter(now, lastAnswerSeconds)
}
