/** What to write, and what to remember, of an answer: one that cannot be fetched, or not delivered yet, and an approval. Pure. */
import type { ApprovalRequest, ApprovalRequestStatus, Prompt } from '../../api/objects.ts'
import { secondsAfter, timestamp } from '../duration.ts'
import { afterFailure, backoffSeconds } from '../prompt/polling.ts'
import { outOfReach } from '../prompt/out-of-reach.ts'
import { pollingOf } from '../prompt/token-error.ts'
import { changesTo } from '../action/adjustment.ts'
import { answerOutOfReach } from '../sentences/fetching-messages.ts'
import * as say from '../sentences/messages.ts'
import { exhausted, onePerson, unproven, unprovenAnswer } from '../sentences/progress.ts'
import { promptOf } from '../prompt/prompt.ts'
import { subjectOf, tallyOf } from '../tally/answers.ts'
import type { Tally } from '../tally/tally.ts'
import type { Verdict } from './conditions.ts'
import { wholeOf } from './observed.ts'
import type { Observed, Progress } from './observed.ts'
import type { ActionOutcome, Approval, Recorded } from './outcome.ts'
import { withVerdict } from './verdict.ts'

/** For a token request before the deadline of which nothing is known. */
export function unreachable(
  observed: Observed,
  { detail, retryAfterSeconds }: Extract<ActionOutcome, { kind: 'Unreachable' }>,
  now: Date,
): Recorded {
  const { request } = observed
  const polling = pollingOf(observed, now)
  return {
    ...outOfReach(request, { polling, message: answerOutOfReach(request, detail) }, now),
    progress: afterFailure(polling, now, retryAfterSeconds),
  }
}

/** For a token that is kept in memory. */
export function undelivered(
  { request, progress }: Observed,
  { blocked, unverified, response, receivedAt }: Extract<ActionOutcome, { kind: 'Undelivered' }>,
  now: Date,
): Recorded {
  const { failures, pendingAt } = beforeDelivery(progress)
  const retryAt = secondsAfter(now, backoffSeconds(failures))
  // A key that is published a few seconds later is no news.
  const said = blocked ?? (failures < 2 ? undefined : unverified)
  return {
    ...(said !== undefined && { status: withVerdict(request, { ...said, kind: 'Waiting' }, now) }),
    progress: {
      ...{ kind: 'Redeemed', response, receivedAt, retryAt, failures: failures + 1 },
      ...(pendingAt !== undefined && { pendingAt }),
    },
  }
}

function beforeDelivery(
  progress: Progress | undefined,
): Pick<Extract<Progress, { kind: 'Redeemed' }>, 'failures' | 'pendingAt'> {
  if (progress?.kind === 'Redeemed') return progress
  const pendingAt = progress?.kind === 'Polling' ? progress.pendingAt : undefined
  return { failures: 0, ...(pendingAt !== undefined && { pendingAt }) }
}

/**
 * For an approval that does not decide, as far as was known when it was judged. Where another one came in meanwhile it does, and is
 * delivered as the one that decides: with its token.
 */
export function answered(
  observed: Observed,
  outcome: Extract<ActionOutcome, { kind: 'Answered' }>,
  now: Date,
): Recorded {
  const { request, prompt: id, progress } = observed
  const { receivedAt, response } = outcome
  const { effective, prompts = [] } = wholeOf(observed).status ?? {}
  const own = answeredPrompt(promptOf(request, id), outcome)
  if (own === undefined || effective === undefined) return {}
  const disproved = prompts.filter((prompt) => outcome.unproven.includes(prompt.id)).map(withoutProof)
  const changed = [own, ...disproved]
  const others = prompts.filter((prompt) => changed.every((each) => each.id !== prompt.id))
  const tally = tallyOf(effective, [...others, ...changed], { isOver: false })
  if (tally.kind === 'Satisfied') {
    const { pendingAt } = beforeDelivery(progress)
    return {
      progress: {
        ...{ kind: 'Redeemed', response, receivedAt, retryAt: now, failures: 0 },
        ...(pendingAt !== undefined && { pendingAt }),
      },
    }
  }
  const verdict =
    tally.kind === 'Exhausted'
      ? endedBy(wholeOf(observed), { own, others, disproved, tally })
      : awaitingOthers(request)
  return { status: { ...withVerdict(request, verdict, now), prompts: changed } }
}

function answeredPrompt(
  prompt: Prompt | undefined,
  { answer, receivedAt, tokenValidUntil }: Extract<ActionOutcome, { kind: 'Answered' }>,
): Prompt | undefined {
  return (
    prompt && {
      ...{ ...prompt, state: 'Approved', answeredAt: timestamp(receivedAt) },
      answer: { ...answer, tokenValidUntil: timestamp(tokenValidUntil) },
    }
  )
}

function awaitingOthers(request: ApprovalRequest): Verdict {
  const message = say.pending(request, request.status?.deadline ?? '')
  return { kind: 'Waiting', reason: 'AuthorizationPending', message }
}

type Answers = {
  readonly own: Prompt
  readonly others: readonly Prompt[]
  readonly disproved: readonly Prompt[]
  readonly tally: Extract<Tally, { kind: 'Exhausted' }>
}

/** An approval that ends the request: it shows that another one does not count, or that a person has answered twice. */
function endedBy(whole: ApprovalRequest, { own, others, disproved, tally }: Answers): Verdict {
  const { effective } = whole.status ?? {}
  const end = (message: string): Verdict => ({ kind: 'Final', reason: 'TokenRejected', message })
  if (disproved.length > 0 || effective === undefined)
    return end(
      unproven(
        whole,
        disproved.map(({ approver }) => approver),
      ),
    )
  const names = [...others, own]
    .filter((prompt) => isOfSamePerson(prompt, own))
    .map(({ approver }) => approver)
  return end(onePerson(whole, names, exhausted(effective, tally.unsatisfied, tally.counts)))
}

function isOfSamePerson({ answer }: Prompt, own: Prompt): boolean {
  return answer !== undefined && own.answer !== undefined && subjectOf(answer) === subjectOf(own.answer)
}

/** Somebody else has written it, or the key is gone that could prove it. */
function withoutProof(prompt: Prompt): Prompt {
  const { answer, ...rest } = prompt
  return answer === undefined ? prompt : { ...rest, state: 'Failed', message: unprovenAnswer }
}

/** For an answer that counts. */
export function approved(request: ApprovalRequest, approval: Approval, now: Date): ApprovalRequestStatus {
  const { decision, validUntil, tokenExpiresAt, secretName } = approval
  const changes = changesTo(request.spec.parameters, decision.parameters)
  const reason = changes.length === 0 ? 'Approved' : 'ApprovedWithChanges'
  const message = say.approved(request, { ...approval, changes })
  return {
    ...withVerdict(request, { kind: 'Final', reason, message }, now),
    decision,
    validUntil,
    expires: tokenExpiresAt ?? validUntil,
    approverSummary: decision.approvers.map(({ name }) => name).join(', '),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
    ...(secretName !== undefined && { secretName }),
  }
}
