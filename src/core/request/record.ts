/** What to write, and what to remember, after something was done. Nothing to change means no status. */
import type { ApprovalRequest, ApprovalRequestStatus, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { promptOf, withPrompt } from '../prompt/prompt.ts'
import type { Blocked } from '../policy/selection.ts'
import { earlier, secondsAfter, timestamp } from '../duration.ts'
import { summaryOf } from './conditions.ts'
import type { Verdict } from './conditions.ts'
import { expiredUnreachable } from '../sentences/fetching-messages.ts'
import * as say from '../sentences/messages.ts'
import type { ActionOutcome, Moment, Recorded } from './outcome.ts'
import { backoffSeconds, endingAt, longestPauseSeconds, spreadSeconds } from '../prompt/polling.ts'
import { meaningAtBackchannel } from '../prompt/provider-errors.ts'
import { deadlineOf } from './step.ts'
import { expired } from './expired.ts'
import { isKnownUnsent } from './observed.ts'
import type { Observed, Progress } from './observed.ts'
import { startPollingOf, tokenError } from '../prompt/token-error.ts'
import { answered, approved, undelivered, unreachable } from './record-answer.ts'
import { inWhole, stillOpen } from './whole.ts'
import { withVerdict } from './verdict.ts'

/** Whatever the provider says: a year, so that its end can be written as a date. */
const longestPromptSeconds = 31_536_000

/**
 * The status is the whole request's, whichever of its prompts the outcome is about.
 *
 * @param observed what the step was derived from
 */
export function record(observed: Observed, outcome: ActionOutcome, moment: Moment): Recorded {
  const recorded = recordOutcome(observed, outcome, moment)
  const { status = observed.request.status, progress } = recorded
  const { now } = moment
  return {
    ...recorded,
    ...(recorded.status !== undefined && { status: inWhole(observed, recorded.status, now) }),
    ...(progress?.kind === 'Polling' &&
      status?.deadline !== undefined && { progress: endingAt(new Date(status.deadline), progress, now) }),
  }
}

function recordOutcome(observed: Observed, outcome: ActionOutcome, { settings, now }: Moment): Recorded {
  const { request, progress } = observed
  // What is final stays final.
  if (request.status?.outcome !== undefined && outcome.kind !== 'TokenDeleted') return keeping(progress)
  const finish = (reason: FinalReason, message: string): Recorded => ({
    status: withVerdict(request, { kind: 'Final', reason, message }, now),
  })
  switch (outcome.kind) {
    case 'Nothing':
    case 'Stale':
      return keeping(progress)
    case 'Blocked':
      return { status: waiting(observed, outcome, now) }
    case 'InLine':
      return { ...keeping(progress), status: waiting(observed, outcome, now) }
    case 'NotAskable':
      return {
        status: waiting(observed, outcome, now),
        progress: untilTurn(outcome.blocked, backoff(observed, now)),
      }
    case 'Prompted':
      return prompted(observed, outcome, now)
    case 'NotPrompted':
      return notPrompted(observed, outcome, { settings, now })
    case 'TokenError':
      return tokenError(observed, outcome, { settings, now })
    case 'Unreachable':
      if (now >= deadlineOf(request, settings))
        return finish('RequestExpired', expiredUnreachable(request, outcome.detail))
      return unreachable(observed, outcome, now)
    case 'OutOfReach':
      return { ...keeping(progress), status: notReady(request, outcome.message, now) }
    case 'NoTokenFound':
      if (progress?.kind === 'Held') return finish('TokenLost', say.tokenLost(request, progress.heard))
      return { progress: takenOver(observed, now) }
    case 'Undelivered':
      return undelivered(observed, outcome, now)
    case 'Unanswered':
      return unanswered(observed, outcome, now)
    case 'Unasked':
      return { ...keeping(progress), status: stillOpen(request, outcome, now) }
    case 'AwaitingPing':
      return awaitingPing(request, deadlineOf(request, settings), now)
    case 'PromptLost':
      return finish('PromptLost', outcome.message)
    case 'Refused':
      return finish(outcome.reason, outcome.message)
    case 'Expired':
      return finish('RequestExpired', expired(observed, outcome.tooLateFor))
    case 'Withdrawn':
      return finish(outcome.withdrawal.reason, say.withdrawn(request, outcome.withdrawal))
    case 'Approved':
      return { status: approved(request, outcome.approval, now) }
    case 'Answered':
      return answered(observed, outcome, now)
    case 'TokenDeleted':
      return { progress: { kind: 'Spent' } }
  }
}

function takenOver({ request, prompt }: Observed, now: Date): Progress {
  return { ...startPollingOf(request, promptOf(request, prompt), now), nextAt: now, isTakenOver: true }
}

function keeping(progress: Progress | undefined): Recorded {
  return progress === undefined ? {} : { progress }
}

/** What is known by now not to have been sent is recorded so: the approver was not asked, and it counts against no limit. */
function waiting(
  observed: Observed,
  { blocked, deadline }: { readonly blocked: Blocked; readonly deadline: Date },
  now: Date,
): ApprovalRequestStatus {
  const { request } = observed
  const message = say.retriedUntil(blocked.message, deadline)
  const prompt = promptOf(request, observed.prompt)
  const status = withVerdict(request, { kind: 'Waiting', reason: blocked.reason, message }, now)
  return {
    ...{ ...status, deadline: timestamp(deadline), expires: timestamp(deadline) },
    ...(prompt !== undefined &&
      isKnownUnsent(observed, prompt) && { prompts: withPrompt(request, unsent(prompt)) }),
  }
}

function notReady(request: ApprovalRequest, message: string, now: Date): ApprovalRequestStatus {
  return withVerdict(request, { kind: 'Waiting', reason: 'IdentityProviderNotReady', message }, now)
}

/** Its turn may come before. */
function untilTurn({ waitsFor }: Blocked, pause: Extract<Progress, { kind: 'Backoff' }>): Progress {
  const retryAt = waitsFor?.retryAt
  return retryAt === undefined ? pause : { ...pause, until: earlier(retryAt, pause.until) }
}

type Pause = { readonly atLeastSeconds?: number; readonly longestSeconds?: number }

function backoff(
  { request, progress }: Observed,
  now: Date,
  { atLeastSeconds = 0, longestSeconds }: Pause = {},
): Extract<Progress, { kind: 'Backoff' }> {
  const failures = progress?.kind === 'Backoff' ? progress.failures : 0
  const seconds = Math.max(backoffSeconds(failures, longestSeconds), atLeastSeconds)
  const until = secondsAfter(now, seconds + spreadSeconds(seconds, request.metadata.uid ?? ''))
  return { kind: 'Backoff', until, failures: failures + 1, ...(atLeastSeconds > 0 && { isOrdered: true }) }
}

function prompted(
  { request, prompt: id }: Observed,
  outcome: Extract<ActionOutcome, { kind: 'Prompted' }>,
  now: Date,
): Recorded {
  const prompt = promptOf(request, id)
  if (prompt === undefined) return {}
  const life = Math.min(outcome.expiresInSeconds, longestPromptSeconds)
  const expiresAt = timestamp(secondsAfter(prompt.sentAt ?? now, life))
  const deadline = [request.status?.deadline ?? expiresAt, expiresAt].toSorted()[0] ?? expiresAt
  const { handle, intervalSeconds } = outcome
  const verdict: Verdict = {
    kind: 'Waiting',
    reason: 'AuthorizationPending',
    message: say.pending(request, deadline),
  }
  const sent = { ...prompt, handle, expiresAt, intervalSeconds }
  const status = {
    ...withVerdict(request, verdict, now),
    deadline,
    expires: deadline,
    prompts: withPrompt(request, sent),
  }
  return { status, progress: startPollingOf({ ...request, status }, sent, now) }
}

function unanswered(
  observed: Observed,
  { detail, retryAfterSeconds }: Extract<ActionOutcome, { kind: 'Unanswered' }>,
  now: Date,
): Recorded {
  const progress = backoff(observed, now, { atLeastSeconds: retryAfterSeconds ?? 0 })
  return { ...underWay(observed, now), progress: { ...progress, heard: detail } }
}

/** Said again where an attempt before this one had reached nobody. */
function underWay({ request, prompt }: Observed, now: Date): Pick<Recorded, 'status'> {
  const [attempt, effective] = [promptOf(request, prompt)?.attempt, request.status?.effective]
  if (attempt === undefined || effective === undefined || summaryOf(request)?.reason === 'Prompting')
    return {}
  const message = say.asking(
    effective,
    effective.approvers.map(({ name }) => name),
    attempt,
  )
  return { status: withVerdict(request, { kind: 'Waiting', reason: 'Prompting', message }, now) }
}

/** The provider's ping will bring the id (CIBA Core §10.2); to send again would bring nothing. */
function awaitingPing(request: ApprovalRequest, deadline: Date, now: Date): Recorded {
  const verdict: Verdict = {
    kind: 'Waiting',
    reason: 'Prompting',
    message: say.awaitingPing(request, deadline),
  }
  return {
    status: withVerdict(request, verdict, now),
    progress: { kind: 'Backoff', until: deadline, failures: 0, isOrdered: true },
  }
}

function notPrompted(
  observed: Observed,
  outcome: Extract<ActionOutcome, { kind: 'NotPrompted' }>,
  { settings, now }: Moment,
): Recorded {
  const { request, progress } = observed
  const prompt = promptOf(request, observed.prompt)
  // Another process has sent this attempt meanwhile, and knows its id.
  if (prompt?.handle !== undefined) return keeping(progress)
  const meaning = meaningAtBackchannel(outcome.error)
  const prompts = prompt === undefined ? [] : withPrompt(request, unsent(prompt))
  if (meaning.kind === 'Final') {
    const message = say.promptRefused(request, meaning.reason, outcome)
    return { status: { ...withVerdict(request, { ...meaning, message }, now), prompts } }
  }
  const message =
    outcome.isUnsent === true
      ? say.promptUnsent(request, outcome.description ?? '')
      : say.providerError(request, outcome)
  const status = notReady(request, message, now)
  const pause = {
    atLeastSeconds: outcome.retryAfterSeconds ?? 0,
    ...(meaning.kind === 'Retry' && {
      longestSeconds: longestPauseSeconds(deadlineOf(request, settings), now),
    }),
  }
  return { status: { ...status, prompts }, progress: backoff(observed, now, pause) }
}

/** Without `sentAt` the record says that this attempt disturbed nobody. */
function unsent({ id, attempt, approver, stage }: Prompt): Prompt {
  return { id, attempt, approver, ...(stage !== undefined && { stage }) }
}
