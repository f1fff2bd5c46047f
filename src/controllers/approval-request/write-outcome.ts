/**
 * From the outcome of a step to status: record → write. What cannot be repeated is written again until it stands there, or is
 * moot.
 */
import type { ApprovalRequest, ApprovalRequestStatus } from '../../api/objects.ts'
import { record } from '../../core/request/record.ts'
import type { ActionOutcome } from '../../core/request/outcome.ts'
import { mayBeFetched, observedIn, wholeOf } from '../../core/request/observed.ts'
import type { Observed } from '../../core/request/observed.ts'
import { allPrompts, isOfSeveral } from '../../core/request/part.ts'
import { stepOf } from '../../core/request/step.ts'
import type { Step } from '../../core/request/step.ts'
import { earlier } from '../../core/duration.ts'
import { keyOf } from '../../core/object-key.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import type { ProviderConnection } from '../../core/ports/provider.ts'
import type { Result } from '../../runtime/runner.ts'
import { DefinitionsOutdatedError } from '../definitions-outdated.ts'
import { applyStatus } from './apply.ts'
import type { Applying } from './apply.ts'
import type { Dependencies } from './dependencies.ts'
import type { PromptKey } from './memory.ts'
import { isThere, uidOf } from './observe.ts'
import type { RequestsSeen } from './observe.ts'
import type { Performed } from './steps/ask.ts'
import { deleteTokenOf } from './steps/delete-token.ts'
import { dropRedeemed } from './steps/drop-redeemed.ts'

/** What writing an outcome takes. */
export type Writing = Applying &
  RequestsSeen &
  Pick<Dependencies, 'clock' | 'failpoints' | 'secrets' | 'settings'>

/**
 * W2, W4 and all other writes of status.
 * @returns when to reconcile again
 * @throws DefinitionsOutdatedError, and what the API server's client throws; what cannot be repeated is kept until it is
 *   written
 */
export async function writeOutcome(dependencies: Writing, performed: Performed): Promise<Result> {
  const { clock, memory, settings, failpoints } = dependencies
  const { outcome } = performed
  const observed = { ...performed.observed, ...rememberedOf(dependencies, performed.observed) }
  const whole = wholeOf(observed)
  const key = keyOfPrompt(observed)
  const now = clock.now()
  // What the token came by is needed to revoke it, whatever is remembered below.
  const { connection } = memory.recall(key)
  const { status, progress } = record(observed, outcome, { settings, now })
  const unwritten = status !== undefined && isUnrepeatable(outcome) ? outcome : undefined
  memory.remember(key, {
    progress,
    unwritten,
    ...(progress?.kind !== 'Redeemed' && unwritten === undefined && { connection: undefined }),
  })
  if (status === undefined) {
    if (!isThere(dependencies, whole)) return lose(dependencies, { observed, outcome, connection })
    if (isMoot(whole, outcome)) {
      await lose(dependencies, { observed, outcome, connection })
      memory.rememberWritten(uidOf(whole), whole)
      return nextPass(dependencies, { ...observed, progress: undefined })
    }
    return nextPass(dependencies, { ...observed, progress })
  }
  const write = writeOf(outcome, status)
  if (write !== undefined) await failpoints.hit(`before:${write}`)
  const written = await applyStatus(dependencies, whole, status)
  if (write !== undefined) await failpoints.hit(`after:${write}`)
  switch (written.kind) {
    case 'Applied':
      await revokeUnneeded(dependencies, { observed, outcome })
      // Not before: where the end is not written, one of these may be what decides after all.
      if (status.outcome !== undefined && isOfSeveral(whole))
        await dropRedeemed(dependencies, uidOf(whole), (prompt) => prompt !== observed.prompt)
      memory.remember(key, {
        unwritten: undefined,
        ...(progress?.kind !== 'Redeemed' && { connection: undefined }),
      })
      return nextPass(dependencies, { ...observedIn(observed, written.object), progress })
    case 'Gone':
      dependencies.slots.gone({ ...whole, status })
      return lose(dependencies, { observed, outcome })
    case 'UnknownField':
      // What came of something that cannot be repeated is kept, and written once the definitions are up to date.
      throw new DefinitionsOutdatedError(written)
    case 'Conflict':
      return isUnrepeatable(outcome) ? reapply(dependencies, { observed, outcome }) : { kind: 'Retry' }
  }
}

/** Writes again what an earlier reconcile could not confirm. If it came through, nobody has been notified yet; twice is better than not at all. */
export async function retryWrite(dependencies: Writing, performed: Performed): Promise<Result> {
  const request = wholeOf(await live(dependencies, performed.observed))
  const before = wholeOf(performed.observed)
  if (uidOf(request) === uidOf(before) && request.status?.outcome !== undefined)
    dependencies.report({ before, after: request })
  return reapply(dependencies, performed)
}

/** Someone may have written in between: what cannot be repeated is written over what is there now, unless that is final. */
async function reapply(dependencies: Writing, { observed, outcome }: Performed): Promise<Result> {
  const fresh = await live(dependencies, observed)
  const [before, now] = [observed, fresh].map(({ request, prompt }) => promptOf(request, prompt))
  const isSameQuestion = uidOf(fresh.request) === uidOf(observed.request) && before?.attempt === now?.attempt
  const whole = wholeOf(fresh)
  const decided = whole.status?.outcome
  // Another process knows the prompt that this one takes for lost.
  const isFound = outcome.kind === 'PromptLost' && now?.handle !== undefined
  // Approved by us before, or by another process from the same sealed Secret: record() leaves that as it is.
  if (isSameQuestion && !isFound && (decided === undefined || decided === 'Approved'))
    return writeOutcome(dependencies, { observed: fresh, outcome })
  await lose(dependencies, { observed, outcome })
  if (!isThere(dependencies, whole)) return { kind: 'Done' }
  // What it is now counts, though the watch may not have shown it yet: it is kept for a while, and then deleted.
  dependencies.memory.rememberWritten(uidOf(whole), whole)
  return nextPass(dependencies, { ...fresh, progress: undefined })
}

type Lost = Performed & { readonly connection?: ProviderConnection | undefined }

/** The request is gone or was decided otherwise: a token must not outlive that. */
async function lose(dependencies: Writing, { observed, outcome, ...lost }: Lost): Promise<Result> {
  const { memory } = dependencies
  const { request } = observed
  const { connection = memory.recall(keyOfPrompt(observed)).connection } = lost
  await dropRedeemed(dependencies, uidOf(request))
  if (outcome.kind === 'Approved') {
    const accessToken = await deleteTokenOf(dependencies, request)
    if (accessToken !== undefined) await connection?.revoke(accessToken)
  }
  if (outcome.kind === 'Answered') await connection?.revoke(outcome.response.accessToken)
  memory.forget(uidOf(request))
  return { kind: 'Done' }
}

async function live({ requests }: Pick<Dependencies, 'requests'>, observed: Observed): Promise<Observed> {
  const request = await requests.get(keyOf(observed.request))
  return request === undefined ? observed : observedIn(observed, request)
}

/** Another of several prompts has ended the request meanwhile: what this one has brought is dropped. */
function isMoot(whole: ApprovalRequest, { kind }: ActionOutcome): boolean {
  const ended = whole.status?.outcome
  if (ended === undefined || !isOfSeveral(whole) || kind === 'TokenDeleted') return false
  return kind !== 'Nothing' && !(kind === 'Approved' && ended === 'Approved')
}

/** The token of an approval that did not decide opens nothing that anybody waits for. That it is revoked stands in the next write. */
async function revokeUnneeded(
  { memory }: Pick<Dependencies, 'memory'>,
  { observed, outcome }: Performed,
): Promise<void> {
  if (outcome.kind !== 'Answered') return
  const key = keyOfPrompt(observed)
  const isRevoked = await memory.recall(key).connection?.revoke(outcome.response.accessToken)
  if (isRevoked === true) memory.remember(key, { isRevoked })
}

/** What this process knows of all prompts of a request that several people are asked about. */
function rememberedOf(
  { memory }: Pick<Dependencies, 'memory'>,
  { request }: Observed,
): Pick<Observed, 'inHand' | 'revoked' | 'unasked' | 'unheard'> {
  if (!isOfSeveral(request)) return {}
  const uid = uidOf(request)
  const known = memory.promptsOf(uid).map((prompt) => ({ prompt, ...memory.recall({ uid, prompt }) }))
  return {
    unasked: memory.recall({ uid, prompt: allPrompts }).unasked,
    revoked: known.filter(({ isRevoked }) => isRevoked === true).map(({ prompt }) => prompt),
    unheard: known.filter(({ progress }) => mayBeFetched(progress)).map(({ prompt }) => prompt),
    inHand: known.filter(({ progress }) => progress?.kind === 'Redeemed').map(({ prompt }) => prompt),
  }
}

function writeOf(
  { kind }: ActionOutcome,
  { outcome }: ApprovalRequestStatus,
): 'W2' | 'Answer' | 'W4' | undefined {
  if (kind === 'Prompted') return 'W2'
  if (kind === 'Answered' && outcome === undefined) return 'Answer'
  return outcome === undefined ? undefined : 'W4'
}

function nextPass(
  { clock, memory, settings, slots }: Pick<Dependencies, 'clock' | 'memory' | 'settings' | 'slots'>,
  observed: Observed,
): Result {
  const now = clock.now()
  const moments = nextOf(memory, observed).map((each) =>
    nextMoment(stepOf(each, { settings, counts: slots.counts(now), now }), now),
  )
  return { kind: 'RequeueAt', at: moments.reduce(earlier) }
}

/** What becomes of one of several prompts may be what the next one waits for; an end is the whole request's. */
function nextOf(memory: Dependencies['memory'], observed: Observed): readonly Observed[] {
  const whole = wholeOf(observed)
  if (!isOfSeveral(whole)) return [observed]
  const { progress } = memory.recall({ uid: uidOf(whole), prompt: allPrompts })
  const next = observedIn({ ...observed, progress, prompt: allPrompts }, whole)
  return whole.status?.outcome === undefined ? [observed, next] : [next]
}

function nextMoment(step: Step, now: Date): Date {
  switch (step.kind) {
    case 'Report':
      return step.retryAt
    case 'Wait':
      return step.until
    default:
      return now
  }
}

/** A person answered, or a provider did what it does only once. */
function isUnrepeatable({ kind }: ActionOutcome): boolean {
  return ['Prompted', 'NotPrompted', 'PromptLost', 'TokenError', 'Refused', 'Answered', 'Approved'].includes(
    kind,
  )
}

/** The key of a prompt in `Memory`. */
export function keyOfPrompt({ request, prompt }: Observed): PromptKey {
  return { uid: uidOf(request), prompt }
}
