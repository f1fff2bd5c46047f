/** What comes next for a request that several people are asked about, besides what becomes of each prompt. Pure. */
import type { EffectiveTerms } from '../../api/objects.ts'
import { earlier, secondsAfter } from '../duration.ts'
import { limitsOf } from '../limits/policy-limits.ts'
import { lastAnswerSeconds } from '../prompt/polling.ts'
import { answersOf, stagesOf } from '../tally/answers.ts'
import { due } from '../tally/due.ts'
import { isTooLate, leastSecondsUnder } from './expiry.ts'
import type { Observed } from './observed.ts'
import { hasChanged } from './provider-change.ts'
import { fixedTerms, turnsOf } from './terms.ts'
import type { Limited, Terms } from './terms.ts'

/** Members of `Step`, see step.ts. */
export type NextPromptsStep =
  | { readonly kind: 'Wait'; readonly until: Date; readonly queue?: string }
  | { readonly kind: 'Ask'; readonly terms: Terms }
  | { readonly kind: 'Expire' }
  | { readonly kind: 'Abandon'; readonly terms: EffectiveTerms }

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
  const askedAt = new Date(terms.askedAt ?? now)
  const { ask, nextAt = deadline } = due(stagesOf(terms), answersOf(prompts), { askedAt, now })
  const unasked = ask.filter((id) => prompts.every((prompt) => prompt.id !== id))
  const leastSeconds = leastSecondsUnder(terms, request, surroundings.policies)
  if (unasked.length === 0 || isTooLate(deadline, leastSeconds, now))
    return { kind: 'Wait', until: earlier(nextAt, deadline) }
  if (progress?.kind === 'Backoff' && now < progress.until)
    return { kind: 'Wait', until: earlier(progress.until, deadline) }
  const policy = surroundings.policies.find(({ metadata }) => metadata.name === terms.policy)
  const turns =
    policy === undefined
      ? { prompts: unasked, throttles: [] }
      : turnsOf({ request, terms, limits: limitsOf(policy) }, unasked, standards)
  if (turns.prompts.length > 0) {
    const fixed = { effective: terms, deadline, leastSeconds, provider }
    return { kind: 'Ask', terms: fixedTerms(fixed, turns.prompts) }
  }
  const [throttle] = turns.throttles
  const until = earlier(earlier(nextAt, deadline), throttle?.retryAt ?? deadline)
  return { kind: 'Wait', until, ...(throttle !== undefined && { queue: throttle.queue }) }
}

/** Each prompt still gets its last token request. */
function afterLastAnswer(deadline: Date, now: Date): Date {
  const end = secondsAfter(deadline, lastAnswerSeconds + 1)
  return end > now ? end : secondsAfter(now, lastAnswerSeconds)
}
