/** Status with something newly said about the request. */
import type {
  ApprovalRequest,
  ApprovalRequestStatus,
  EffectiveTerms,
  Namespace,
  Prompt,
} from '../../api/objects.ts'
import { outcomeOf } from '../../api/reasons.ts'
import { environmentLabel } from '../../api/names.ts'
import { approverOf, approverWith, onlyPromptOf, promptOf, withPrompt, mayBeShown } from '../prompt/prompt.ts'
import { countsInShort } from '../sentences/progress.ts'
import { tallyOf } from '../tally/answers.ts'
import { isShared } from './part.ts'
import { secondsAfter, timestamp } from '../duration.ts'
import { separationFacts } from '../policy/separation.ts'
import type { ComputedFact } from '../ports/subjects.ts'
import { conditionsFor, summaryOf } from './conditions.ts'
import type { Verdict } from './conditions.ts'
import { codeOf, digestOf } from '../../api/digest.ts'
import * as say from '../sentences/messages.ts'
import type { Surroundings, Terms } from './terms.ts'

/** The status as it is, with conditions and outcome by `verdict`. */
export function withVerdict(request: ApprovalRequest, verdict: Verdict, now: Date): ApprovalRequestStatus {
  return {
    ...request.status,
    conditions: conditionsFor(request, verdict, now),
    digest: digestOf(request),
    code: codeOf(request),
    ...(verdict.kind === 'Final' && { outcome: outcomeOf(verdict.reason) }),
  }
}

/** Shorter than any provider's limit, long enough for a few sendings. */
const assertionSeconds = 45

/** `kid`: the key that a client assertion's `jti` and a notification token are derived with. */
export type Intent = {
  readonly terms: Terms
  readonly surroundings: Surroundings
  /** Who cannot approve, and where that was read. */
  readonly separation?: readonly ComputedFact[]
  /** What was measured about the subject of the request. */
  readonly measured?: readonly ComputedFact[]
  readonly kid: string
  /** Whether the client authenticates by an assertion. */
  readonly signsAssertion: boolean
}

/** W1: the terms, fixed from here on, and the attempt that is about to be made. */
export function withIntent(
  request: ApprovalRequest,
  { terms, surroundings, separation = [], measured = [], ...intent }: Intent,
  now: Date,
): ApprovalRequestStatus {
  const { effective, deadline } = terms
  const prompts = terms.prompts.map((id) => intendedPrompt(request, { id, effective, ...intent }, now))
  const names = prompts.map(({ approver }) => approver)
  const attempt = Math.max(...prompts.map((prompt) => prompt.attempt))
  const verdict: Verdict = {
    kind: 'Waiting',
    reason: 'Prompting',
    message: say.asking(effective, names, attempt),
  }
  return {
    ...(isRetry(request) ? request.status : withVerdict(request, verdict, now)),
    effective,
    deadline: timestamp(deadline),
    expires: timestamp(deadline),
    approverSummary: summaryOfTally(request, effective, prompts) ?? names.join(', '),
    computed: factsShown(request) ?? computedFacts(request, surroundings, { separation, measured }),
    prompts: allWith(request, prompts),
  }
}

type Sending = Pick<Intent, 'kid' | 'signsAssertion'> & {
  readonly id: string
  readonly effective: EffectiveTerms
}

function intendedPrompt(request: ApprovalRequest, { id, effective, ...how }: Sending, now: Date): Prompt {
  const attempt = (promptOf(request, id)?.attempt ?? 0) + 1
  // The part of a prompt has its approver alone.
  const approver = (approverWith(effective, id) ?? approverOf(effective))?.name ?? ''
  const stage = (effective.stages ?? []).filter(({ approvers }) => approvers.includes(id))
  return {
    ...{ id, attempt, approver, sentAt: timestamp(now) },
    ...(stage.length > 0 && { stage: stage.map(({ name }) => name).join(', ') }),
    ...derivedOf(effective, how, now),
  }
}

function allWith(request: ApprovalRequest, prompts: readonly Prompt[]): readonly Prompt[] {
  const started: ApprovalRequest = request
  return (
    prompts.reduce(
      (before, prompt) => ({ ...before, status: { ...before.status, prompts: withPrompt(before, prompt) } }),
      started,
    ).status?.prompts ?? []
  )
}

function summaryOfTally(
  request: ApprovalRequest,
  effective: EffectiveTerms,
  prompts: readonly Prompt[],
): string | undefined {
  if (!isShared(effective)) return undefined
  return countsInShort(tallyOf(effective, allWith(request, prompts), { isOver: false }))
}

/** People know why the attempt before this one reached nobody; another attempt alone is nothing new to them. */
function isRetry(request: ApprovalRequest): boolean {
  return onlyPromptOf(request) !== undefined && summaryOf(request)?.reason === 'IdentityProviderNotReady'
}

/** What a new attempt carries is derived from this, so that a second sending of the same attempt carries the same. */
function derivedOf(
  { delivery }: EffectiveTerms,
  { kid, signsAssertion }: Pick<Intent, 'kid' | 'signsAssertion'>,
  now: Date,
): Pick<Prompt, 'kid' | 'assertionExpiresAt'> {
  return {
    ...((signsAssertion || delivery === 'Ping') && { kid }),
    ...(signsAssertion && { assertionExpiresAt: timestamp(secondsAfter(now, assertionSeconds)) }),
  }
}

/** What an approver has seen before is what the next one sees. */
function factsShown({ status }: ApprovalRequest): ApprovalRequestStatus['computed'] {
  return status?.prompts?.some(mayBeShown) === true ? status.computed : undefined
}

/** What the operator read, each with where and who can write that. */
function computedFacts(
  { spec }: ApprovalRequest,
  { namespace }: Surroundings,
  { separation, measured }: Required<Pick<Intent, 'separation' | 'measured'>>,
): readonly ComputedFact[] {
  const label = namespace.metadata.labels?.[environmentLabel]
  const established = [
    { name: 'requester', value: spec.requester.username, source: 'as the API server authenticated it' },
    ...(label === undefined ? [] : [{ name: 'environment', value: label, source: labelOf(namespace) }]),
  ]
  // Whatever measures chooses its names itself.
  const others = measured.filter(({ name }) => !reserved.includes(name))
  return [...established, ...separation, ...others]
}

const reserved = ['requester', 'environment', ...separationFacts]

function labelOf({ metadata }: Namespace): string {
  return `label ${environmentLabel} of Namespace ${metadata.name}; anyone who may edit this Namespace can write this`
}
