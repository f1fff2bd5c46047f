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
import { approverOf, onlyPromptOf, promptOf, withPrompt } from '../prompt/prompt.ts'
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
  /** The id of the prompt that is about to be sent. */
  readonly prompt: string
  readonly terms: Terms
  readonly surroundings: Surroundings
  /** Who may not approve, and where that was read. */
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
  { prompt: id, terms, surroundings, separation = [], measured = [], ...intent }: Intent,
  now: Date,
): ApprovalRequestStatus {
  const { effective, deadline } = terms
  const attempt = (promptOf(request, id)?.attempt ?? 0) + 1
  const approver = approverOf(effective)?.name ?? ''
  const verdict: Verdict = {
    kind: 'Waiting',
    reason: 'Prompting',
    message: say.asking(effective, attempt),
  }
  return {
    ...(isRetry(request) ? request.status : withVerdict(request, verdict, now)),
    effective,
    deadline: timestamp(deadline),
    expires: timestamp(deadline),
    approverSummary: approver,
    computed: computedFacts(request, surroundings, { separation, measured }),
    prompts: withPrompt(request, {
      ...{ id, attempt, approver, sentAt: timestamp(now) },
      ...derivedOf(effective, intent, now),
    }),
  }
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
