/**
 * What becomes of a request that several people are asked about, from what became of one of its prompts. The tally decides whether
 * that ends the request: an approval that is not enough, and a failure that others can make up for, end their own prompt alone. Pure.
 */
import type { ApprovalRequest, ApprovalRequestStatus, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { timestamp } from '../duration.ts'
import { promptOf, withPrompt } from '../prompt/prompt.ts'
import { splitNextStep } from '../sentences/next-step.ts'
import { countsInShort, exhausted, progress } from '../sentences/progress.ts'
import { tallyOf } from '../tally/answers.ts'
import { conditionsFor } from './conditions.ts'
import type { Verdict } from './conditions.ts'
import type { Observed } from './observed.ts'
import { allPrompts, isShared } from './part.ts'

/** A CRD bounds it. */
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

/** The status of the whole request, where what was observed of it has come to `part`. */
export function inWhole(
  { prompt: id, whole, revoked = [] }: Pick<Observed, 'prompt' | 'whole' | 'revoked'>,
  part: ApprovalRequestStatus,
  now: Date,
): ApprovalRequestStatus {
  return whole === undefined || id === allPrompts ? part : wholeWith(whole, { id, part, revoked }, now)
}

/**
 * @param whole the request as it is
 * @param id of the prompt
 * @param part what the part of this prompt has come to, as if it were a request of its own
 * @param revoked ids of the prompts whose tokens were revoked since
 */
function wholeWith(
  whole: ApprovalRequest,
  {
    id,
    part,
    revoked,
  }: { readonly id: string; readonly part: ApprovalRequestStatus; readonly revoked: readonly string[] },
  now: Date,
): ApprovalRequestStatus {
  const { effective } = whole.status ?? {}
  if (effective === undefined || !isShared(effective)) return part
  const own = part.prompts?.find((prompt) => prompt.id === id) ?? promptOf(whole, id)
  const before = withRevoked(
    own === undefined ? (whole.status?.prompts ?? []) : withPrompt(whole, own),
    revoked,
  )
  const summary = part.conditions?.find(({ type }) => type === 'Complete')
  const isFinal = part.outcome !== undefined
  const said = { reason: summary?.reason ?? '', message: summary?.message ?? '' }
  if (!isFinal) return waiting(whole, { part, prompts: before, reason: said.reason }, now)
  if (endsAll.includes(said.reason)) return ended(whole, { id, part, prompts: before }, now)
  const prompts = before.map((prompt) => (prompt.id === id ? failed(prompt, whole, said) : prompt))
  const isOver = now >= new Date(whole.status?.deadline ?? 0)
  const tally = tallyOf(effective, prompts, { isOver })
  if (tally.kind !== 'Exhausted') return open(whole, prompts, now)
  const [what, next] = splitNextStep(said.message, whole)
  const message = `${what} ${exhausted(effective, tally.unsatisfied, tally.counts)} ${next}`
  return {
    ...whole.status,
    ...final(whole, { kind: 'Final', reason: said.reason as FinalReason, message: message.trim() }, now),
    outcome: part.outcome,
    prompts: prompts.map(notNeeded),
    approverSummary: countsInShort(tally),
  }
}

/** Nobody is done: what is said of the part is said of the request, unless it is that its answer is awaited. */
function waiting(
  whole: ApprovalRequest,
  {
    part,
    prompts,
    reason,
  }: { readonly part: ApprovalRequestStatus; readonly prompts: readonly Prompt[]; readonly reason: string },
  now: Date,
): ApprovalRequestStatus {
  if (reason === 'AuthorizationPending') return open(whole, prompts, now)
  const { conditions = whole.status?.conditions } = part
  return {
    ...whole.status,
    ...(conditions !== undefined && conditions.length > 0 && { conditions }),
    prompts,
  }
}

function open(whole: ApprovalRequest, prompts: readonly Prompt[], now: Date): ApprovalRequestStatus {
  const { effective } = whole.status ?? {}
  if (effective === undefined) return { ...whole.status, prompts }
  const tally = tallyOf(effective, prompts, { isOver: false })
  const message = progress(whole, prompts, tally)
  return {
    ...whole.status,
    ...final(whole, { kind: 'Waiting', reason: 'AuthorizationPending', message }, now),
    prompts,
    approverSummary: countsInShort(tally),
  }
}

function final(
  whole: ApprovalRequest,
  verdict: Verdict,
  now: Date,
): Pick<ApprovalRequestStatus, 'conditions'> {
  return { conditions: conditionsFor(whole, verdict, now) }
}

/** The one who decided has answered; nobody waits for the others any more. */
function ended(
  whole: ApprovalRequest,
  {
    id,
    part,
    prompts,
  }: { readonly id: string; readonly part: ApprovalRequestStatus; readonly prompts: readonly Prompt[] },
  now: Date,
): ApprovalRequestStatus {
  const { effective, deadline } = whole.status ?? {}
  const state = decided[part.outcome ?? 'Failed']
  const answeredAt = part.decision?.decidedAt ?? timestamp(now)
  const settled = prompts.map((prompt) =>
    prompt.id === id && state !== undefined ? { ...prompt, state, answeredAt } : notNeeded(prompt),
  )
  const denier = state === 'Denied' ? settled.find((prompt) => prompt.id === id)?.approver : undefined
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

function failed(
  prompt: Prompt,
  whole: ApprovalRequest,
  { reason, message }: { readonly reason: string; readonly message: string },
): Prompt {
  const state = reason === 'RequestExpired' ? 'Expired' : 'Failed'
  return { ...prompt, state, message: splitNextStep(message, whole)[0].slice(0, longestMessage) }
}

function notNeeded(prompt: Prompt): Prompt {
  return prompt.state === undefined ? { ...prompt, state: 'NotNeeded' } : prompt
}

function withRevoked(prompts: readonly Prompt[], revoked: readonly string[]): readonly Prompt[] {
  return prompts.map((prompt) =>
    prompt.answer !== undefined && revoked.includes(prompt.id)
      ? { ...prompt, answer: withoutToken(prompt.answer) }
      : prompt,
  )
}

function withoutToken(answer: NonNullable<Prompt['answer']>): NonNullable<Prompt['answer']> {
  const { tokenValidUntil, ...rest } = answer
  return tokenValidUntil === undefined ? answer : rest
}
