/** How a request goes on when the token endpoint answers with an error (CIBA Core §11). */
import { promptOf } from './prompt.ts'
import type { ApprovalRequest, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { secondsAfter } from '../duration.ts'
import type { ErrorText } from '../ports/prompting.ts'
import { habitsOf } from '../provider/profile.ts'
import { answerHeld, answerRefused, expiredUnreachable } from '../sentences/fetching-messages.ts'
import * as say from '../sentences/messages.ts'
import {
  afterFailure,
  afterPending,
  afterSlowDown,
  defaultIntervalSeconds,
  lastAnswerSeconds,
  startPolling,
} from './polling.ts'
import type { Polling } from './polling.ts'
import { outOfReach, withinReach } from './out-of-reach.ts'
import { meaningAtToken } from './provider-errors.ts'
import type { ActionOutcome, Moment, Recorded } from '../request/outcome.ts'
import { denied, deniedOrExpired } from '../sentences/denial.ts'
import { deadlineOf } from '../request/step.ts'
import type { Observed } from '../request/observed.ts'
import { withVerdict } from '../request/verdict.ts'

/** What to write and to remember. `settings` and `now` are those of the reconcile. */
export function tokenError(
  observed: Observed,
  outcome: Extract<ActionOutcome, { kind: 'TokenError' }>,
  { settings, now }: Moment,
): Recorded {
  const { request, surroundings } = observed
  const { policies } = surroundings
  const polling = pollingOf(observed, now)
  const answered = `the provider answered ${say.quoted(outcome)}`
  const isOver = now >= deadlineOf(request, settings)
  const finish = (reason: FinalReason, message: string): Recorded => ({
    status: withVerdict(request, { kind: 'Final', reason, message }, now),
  })
  switch (outcome.error) {
    case 'authorization_pending':
      return isOver
        ? finish('RequestExpired', say.unanswered(request))
        : { ...withinReach(request, now), progress: afterPending(polling, now, outcome.retryAfterSeconds) }
    case 'slow_down':
      return now >= secondsAfter(deadlineOf(request, settings), lastAnswerSeconds)
        ? finish('RequestExpired', expiredUnreachable(request, answered))
        : { ...withinReach(request, now), progress: afterSlowDown(polling, now, outcome.retryAfterSeconds) }
    case 'invalid_grant':
      return held(observed, say.errorTextOf(outcome), { settings, now })
  }
  if (outcome.error === 'access_denied' && isOver && mayMeanExpired(observed))
    return finish('RequestExpired', deniedOrExpired(request, policies, { ...outcome, now }))
  const meaning = meaningAtToken(outcome.error)
  if (meaning.kind === 'Final' && meaning.reason === 'AccessDenied')
    return finish('AccessDenied', denied(request, policies, { ...outcome, now }))
  if (meaning.kind === 'Final')
    return finish(meaning.reason, say.finalError(request, meaning.reason, { ...outcome, now }))
  if (isOver) return finish('RequestExpired', expiredUnreachable(request, answered))
  return {
    ...outOfReach(request, { polling, message: answerRefused(request, outcome) }, now),
    progress: afterFailure(polling, now, outcome.retryAfterSeconds),
  }
}

/** Another process may have fetched the answer: whether it stored the token is looked for once its time is over. */
function held({ request, progress }: Observed, heard: ErrorText, { settings, now }: Moment): Recorded {
  // Recorded once more where the write failed: its time goes on.
  const until = progress?.kind === 'Held' ? progress.until : secondsAfter(now, settings.holdSeconds)
  const message = answerHeld(request, heard, until)
  return {
    status: withVerdict(request, { kind: 'Waiting', reason: 'AuthorizationPending', message }, now),
    progress: { kind: 'Held', until, heard },
  }
}

function mayMeanExpired({ request, surroundings }: Observed): boolean {
  const name = request.status?.effective?.identityProvider
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === name)
  return provider !== undefined && habitsOf(provider.spec).accessDenied === 'RefusedOrExpired'
}

/** As it stands after a token request: one that follows a ping awaits none any more. */
export function pollingOf({ request, progress, ...observed }: Observed, now: Date): Polling {
  const prompt = promptOf(request, observed.prompt)
  const polling = progress?.kind === 'Polling' ? progress : startPollingOf(request, prompt, now)
  return prompt?.pingedAt === undefined ? polling : { ...polling, awaitsPing: false }
}

/** By what status says of the prompt. */
export function startPollingOf({ status }: ApprovalRequest, prompt: Prompt | undefined, now: Date): Polling {
  const intervalSeconds = prompt?.intervalSeconds ?? defaultIntervalSeconds
  const isPinging = status?.effective?.delivery === 'Ping'
  return startPolling({ intervalSeconds, ...(isPinging && { awaitsPing: true }) }, now)
}
