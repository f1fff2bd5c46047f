/**
 * What becomes of a request that several people are asked about, from what became of one of its prompts. The tally decides whether
 * that ends the request: an approval that is not enough, and a failure that others can make up for, end their own prompt alone. Pure.
 */
import type { ApprovalRequest, ApprovalRequestStatus, Prompt } from '../../api/objects.ts'
import { outcomeOf } from '../../api/reasons.ts'
import type { FinalReason, WaitingReason } from '../../api/reasons.ts'
import { timestamp } from '../duration.ts'
import { promptOf } from '../prompt/prompt.ts'
import { answeredReasons } from '../prompt/provider-errors.ts'
import { splitNextStep } from '../sentences/next-step.ts'
import {
  countsInShort,
  endedByFailure,
  exhausted,
  fetchedAsWell,
  perhapsFetched,
  progress,
  standing,
} from '../sentences/progress.ts'
import { tallyOf } from '../tally/answers.ts'
import { conditionsFor } from './conditions.ts'
import type { Observed } from './observed.ts'
import { allPrompts, isOfSeveral } from './part.ts'
import { isSaidOfAnother } from './said.ts'
import type { Unasked } from '../limits/throttle.ts'
import { beginningOf, withoutMoments } from '../words.ts'

/** The CRD's bound of a prompt's message. */
const longestMessage = 512

/** Ends that are the whole request's, whichever prompt brought them. */
const endsAll: readonly string[] = [
  'Approved',
  'ApprovedWithChanges',
  'AccessDenied',
  'Withdrawn',
  'Superseded',
  'GateBypassed',
  'IdentityProviderChanged',
  'SecretConflict',
] satisfies readonly FinalReason[]

/** What this process knows of the prompts and status does not say. */
type Remembered = Pick<Observed, 'inHand' | 'revoked' | 'unasked' | 'unheard'>

/** The status of the whole request, where what was observed of it has come to `part`. */
export function inWhole(
  {
    prompt: id,
    whole,
    revoked = [],
    unasked,
    ...remembered
  }: Pick<Observed, 'prompt' | 'whole'> & Remembered,
  part: ApprovalRequestStatus,
  now: Date,
): ApprovalRequestStatus {
  if (whole === undefined || !isOfSeveral(whole)) return part
  if (id === allPrompts)
    return part.outcome === undefined ? part : { ...part, prompts: closed(part.prompts, remembered) }
  const prompts = promptsWith(whole, part, revoked)
  const status = wholeWith(whole, { id, part, prompts, unasked }, now)
  return status.outcome === undefined ? status : { ...status, prompts: closed(status.prompts, remembered) }
}

/** What the part of one prompt has come to, as if it were a request of its own, and all prompts as they are then. */
type Changed = {
  readonly id: string
  readonly part: ApprovalRequestStatus
} & Known

type Known = { readonly prompts: readonly Prompt[] } & Pick<Observed, 'unasked'>

function wholeWith(whole: ApprovalRequest, changed: Changed, now: Date): ApprovalRequestStatus {
  const { id, part, prompts, unasked } = changed
  const reason = summaryIn(part).reason
  if (part.outcome === undefined)
    return reason === 'AuthorizationPending'
      ? open(whole, { prompts, unasked }, now)
      : waiting(whole, changed)
  const hasAnswered = prompts.find((prompt) => prompt.id === id)?.state !== undefined
  return endsAll.includes(reason) || hasAnswered ? ended(whole, changed, now) : failed(whole, changed, now)
}

/** Its answer is awaited, and those of others. */
function open(whole: ApprovalRequest, { prompts, unasked }: Known, now: Date): ApprovalRequestStatus {
  const { effective } = whole.status ?? {}
  if (effective === undefined) return { ...whole.status, prompts }
  const tally = tallyOf(effective, prompts, { isOver: false })
  const reason: WaitingReason = 'AuthorizationPending'
  const message = progress(whole, { prompts, tally, unasked }, now)
  return {
    ...whole.status,
    conditions: conditionsFor(whole, { kind: 'Waiting', reason, message }, now),
    prompts,
    approverSummary: countsInShort(tally),
  }
}

/** Its prompts are as they were; others of its approvers are not asked yet. */
export function stillOpen(
  whole: ApprovalRequest,
  { unasked }: Pick<Observed, 'unasked'>,
  now: Date,
): ApprovalRequestStatus {
  return open(whole, { prompts: whole.status?.prompts ?? [], unasked }, now)
}

/** Whether `Complete` says so, or does not have to: while it says that something else is in the way. Moments may differ. */
export function needNotSayUnasked(whole: ApprovalRequest, unasked: readonly Unasked[]): boolean {
  const { effective, prompts = [] } = whole.status ?? {}
  const said = summaryIn(whole.status ?? {})
  const awaited: WaitingReason = 'AuthorizationPending'
  if (effective === undefined || said.reason !== awaited) return true
  const tally = tallyOf(effective, prompts, { isOver: false })
  // Who is asked next stands after it.
  return withoutMoments(said.message).startsWith(withoutMoments(standing(whole, { prompts, tally, unasked })))
}

/** What keeps one prompt waiting is said of the request, unless that was news the last time, or when it was said of another prompt. */
function waiting(whole: ApprovalRequest, { id, part, prompts }: Changed): ApprovalRequestStatus {
  const { conditions = [] } = part
  const { reason, message } = summaryIn(part)
  const isNextAttempt = reason === 'Prompting' && (promptOf({ status: part }, id)?.attempt ?? 1) > 1
  const isKnown =
    conditions.length === 0 ||
    (isNextAttempt && message.startsWith('asking ')) ||
    (reason === summaryIn(whole.status ?? {}).reason && isSaidOfAnother(whole, message))
  return { ...whole.status, ...(!isKnown && { conditions }), prompts }
}

/** The whole request has ended; nobody waits for the answers of others any more. */
function ended(whole: ApprovalRequest, { id, part, prompts }: Changed, now: Date): ApprovalRequestStatus {
  const { effective, deadline } = whole.status ?? {}
  const state = decided[part.outcome ?? 'Failed']
  const answeredAt = part.decision?.decidedAt ?? timestamp(now)
  // Of two that decide in one instant it is the one whose token was stored.
  const by = part.decision?.prompt ?? id
  const settled = prompts.map((prompt) =>
    prompt.id === by && state !== undefined ? { ...prompt, state, answeredAt } : prompt,
  )
  const denier = state === 'Denied' ? settled.find((prompt) => prompt.id === by)?.approver : undefined
  return {
    ...whole.status,
    ...part,
    ...(effective !== undefined && { effective }),
    ...(deadline !== undefined && { deadline }),
    prompts: settled,
    ...(denier !== undefined && { approverSummary: denier }),
  }
}

const decided: Readonly<Partial<Record<NonNullable<ApprovalRequestStatus['outcome']>, Prompt['state']>>> = {
  Approved: 'Approved',
  Denied: 'Denied',
}

/** No answer of this one can come any more, which ends the request if the others are too few. */
function failed(whole: ApprovalRequest, { id, part, ...before }: Changed, now: Date): ApprovalRequestStatus {
  const { effective, deadline } = whole.status ?? {}
  const { reason, message } = summaryIn(part)
  const [what, next] = splitNextStep(message, whole)
  const end: Partial<Prompt> = {
    state: reason === 'RequestExpired' ? 'Expired' : 'Failed',
    message: beginningOf(what, longestMessage),
    // The approver is done with it, though the answer does not count.
    ...(answeredReasons.has(reason) && { answeredAt: timestamp(now) }),
  }
  const prompts = before.prompts.map((prompt) => (prompt.id === id ? { ...prompt, ...end } : prompt))
  if (effective === undefined) return { ...whole.status, prompts }
  const tally = tallyOf(effective, prompts, { isOver: now >= new Date(deadline ?? 0) })
  if (tally.kind !== 'Exhausted') return open(whole, { prompts, unasked: before.unasked }, now)
  const said = endedByFailure(what, exhausted(effective, tally.unsatisfied, tally.counts), next)
  const verdict = { kind: 'Final', reason: reason as FinalReason, message: said } as const
  return {
    ...whole.status,
    conditions: conditionsFor(whole, verdict, now),
    outcome: outcomeOf(verdict.reason),
    prompts,
    approverSummary: countsInShort(tally),
  }
}

function summaryIn({ conditions = [] }: ApprovalRequestStatus): {
  readonly reason: string
  readonly message: string
} {
  return conditions.find(({ type }) => type === 'Complete') ?? { reason: '', message: '' }
}

/** Nobody waits for those that are open still. */
function closed(
  prompts: readonly Prompt[] = [],
  { inHand = [], unheard = [] }: Remembered,
): readonly Prompt[] {
  return prompts.map((prompt) =>
    prompt.state === undefined
      ? {
          ...{ ...prompt, state: 'NotNeeded' },
          ...(unheard.includes(prompt.id) && { message: perhapsFetched }),
          ...(inHand.includes(prompt.id) && { message: fetchedAsWell }),
        }
      : prompt,
  )
}

/** All prompts, with those that the part has changed; a token that was revoked since is named no more. */
function promptsWith(
  { status }: ApprovalRequest,
  { prompts: changed = [] }: ApprovalRequestStatus,
  revoked: readonly string[],
): readonly Prompt[] {
  const { prompts = [] } = status ?? {}
  const known = prompts.map((prompt) => changed.find(({ id }) => id === prompt.id) ?? prompt)
  const added = changed.filter(({ id }) => prompts.every((prompt) => prompt.id !== id))
  return [...known, ...added].map((prompt) =>
    prompt.answer !== undefined && revoked.includes(prompt.id)
      ? { ...prompt, answer: withoutToken(prompt.answer) }
      : prompt,
  )
}

function withoutToken(answer: NonNullable<Prompt['answer']>): NonNullable<Prompt['answer']> {
  const { tokenValidUntil, ...rest } = answer
  return tokenValidUntil === undefined ? answer : rest
}
