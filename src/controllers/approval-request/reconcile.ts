/** One pass: read → find the step → perform → record → apply. It does not know why it was woken. */
import type { ApprovalRequestStatus } from '../../api/objects.ts'
import * as say from '../../core/sentences/messages.ts'
import { record } from '../../core/request/record.ts'
import type { ActionOutcome } from '../../core/request/outcome.ts'
import { providerAskedBy, stepOf } from '../../core/request/step.ts'
import type { Step } from '../../core/request/step.ts'
import type { Observed } from '../../core/request/observed.ts'
import { secondsAfter } from '../../core/duration.ts'
import { blocked } from '../../core/policy/selection.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import type { Result } from '../../runtime/runner.ts'
import { DefinitionsOutdatedError } from '../definitions-outdated.ts'
import { applyStatus } from './apply.ts'
import { keyOf } from '../../core/object-key.ts'
import type { PromptKey } from './memory.ts'
import type { Performed } from './steps/ask.ts'
import type { Dependencies } from './dependencies.ts'
import { isThere, observe, uidOf } from './observe.ts'
import { queueKeyOf } from './queue-key.ts'
import { deleteTokenOf } from './steps/delete-token.ts'
import { dropRedeemed } from './steps/drop-redeemed.ts'
import { perform } from './steps/perform.ts'

/** What a pass learns about a request that is deleted meanwhile, a token perhaps, is not kept for ever. */
export async function reconcile(dependencies: Dependencies, key: ObjectKey): Promise<Result> {
  const { caches, memory, places } = dependencies
  const uid = caches.requests.get(key)?.metadata.uid
  let isInLine = false
  try {
    const results = await pass(dependencies, key)
    isInLine = results.includes('InLine')
    const at = secondsAfter(dependencies.clock.now(), lineSeconds)
    return soonest(results.map((result) => (result === 'InLine' ? { kind: 'RequeueAt', at } : result)))
  } finally {
    if (!isInLine) places.leave(queueKeyOf({ metadata: key }))
    if (uid !== undefined && caches.requests.get(key)?.metadata.uid !== uid) memory.forget(uid)
  }
}

/** Whoever stands in line at a provider is called; it looks so often whether it still wants to. */
const lineSeconds = 5

/** Of each prompt. Side by side: a token request that one provider holds open delays no other approver's answer. */
async function pass(dependencies: Dependencies, key: ObjectKey): Promise<readonly (Result | 'InLine')[]> {
  await dependencies.promptRecords.load()
  const observed = await observe(dependencies, key)
  const passes = observed.map((each) => passOf(dependencies, each))
  // One that fails ends none of the others.
  await Promise.allSettled(passes)
  return Promise.all(passes)
}

async function passOf(dependencies: Dependencies, observed: Observed): Promise<Result | 'InLine'> {
  const { clock, memory, settings, turnstile } = dependencies
  const { request } = observed
  const { unwritten } = memory.recall(keyOfPrompt(observed))
  if (unwritten !== undefined) return retryWrite(dependencies, { observed, outcome: unwritten })
  const step = stepOf(observed, settings, clock.now())
  turnstile.waits(request, step.kind === 'Report' ? step.blocked.waitsFor?.queue : undefined)
  const provider = providerAskedBy(step)
  if (provider !== undefined && !dependencies.places.take(provider, queueKeyOf(request)))
    return standInLine(dependencies, observed, step)
  const performed = await perform(dependencies, observed, step)
  if (performed.outcome.kind === 'Stale') return { kind: 'Retry' }
  return apply(dependencies, performed)
}

/** A new request says what it waits for; one that was sent waits for its answer as before. */
async function standInLine(dependencies: Dependencies, observed: Observed, step: Step): Promise<'InLine'> {
  if (step.kind === 'Ask') {
    const { provider, unaskedDeadline: deadline } = step.terms
    const outcome = {
      kind: 'NotAskable',
      blocked: blocked('IdentityProviderNotReady', say.inLine(provider.metadata.name)),
      deadline,
    } as const
    await apply(dependencies, { observed, outcome })
  }
  return 'InLine'
}

function keyOfPrompt({ request, prompt }: Observed): PromptKey {
  return { uid: uidOf(request), prompt }
}

/** W2, W4 and all other writes of status. */
async function apply(dependencies: Dependencies, { observed, outcome }: Performed): Promise<Result> {
  const { clock, memory, settings, failpoints } = dependencies
  const key = keyOfPrompt(observed)
  const now = clock.now()
  const { status, progress } = record(observed, outcome, { settings, now })
  const unwritten = status !== undefined && isUnrepeatable(outcome) ? outcome : undefined
  memory.remember(key, {
    progress,
    unwritten,
    ...(progress?.kind !== 'Redeemed' && unwritten === undefined && { connection: undefined }),
  })
  if (status === undefined) {
    if (!isThere(dependencies, observed.request)) return lose(dependencies, { observed, outcome })
    return nextPass(dependencies, { ...observed, progress })
  }
  const write = writeOf(outcome, status)
  if (write !== undefined) await failpoints.hit(`before:${write}`)
  const written = await applyStatus(dependencies, observed.request, status)
  if (write !== undefined) await failpoints.hit(`after:${write}`)
  switch (written.kind) {
    case 'Applied':
      memory.remember(key, {
        unwritten: undefined,
        ...(progress?.kind !== 'Redeemed' && { connection: undefined }),
      })
      return nextPass(dependencies, { ...observed, request: written.object, progress })
    case 'Gone':
      dependencies.turnstile.gone({ ...observed.request, status })
      return lose(dependencies, { observed, outcome })
    case 'UnknownField':
      // What came of something that cannot be repeated is kept, and written once the definitions are up to date.
      throw new DefinitionsOutdatedError(written)
    case 'Conflict':
      return isUnrepeatable(outcome) ? reapply(dependencies, { observed, outcome }) : { kind: 'Retry' }
  }
}

/** The write of an earlier pass got no answer. If it came through, nobody has been told yet; twice is better than not at all. */
async function retryWrite(dependencies: Dependencies, performed: Performed): Promise<Result> {
  const { request } = await live(dependencies, performed.observed)
  const before = performed.observed.request
  if (uidOf(request) === uidOf(before) && request.status?.outcome !== undefined)
    dependencies.report({ before, after: request })
  return reapply(dependencies, performed)
}

/** Someone may have written in between: what cannot be repeated is written over what is there now, unless that is final. */
async function reapply(dependencies: Dependencies, { observed, outcome }: Performed): Promise<Result> {
  const fresh = await live(dependencies, observed)
  const [before, now] = [observed, fresh].map(({ request, prompt }) => promptOf(request, prompt))
  const isSameQuestion = uidOf(fresh.request) === uidOf(observed.request) && before?.attempt === now?.attempt
  const decided = fresh.request.status?.outcome
  // Another process knows the prompt that this one takes for lost.
  const isFound = outcome.kind === 'PromptLost' && now?.handle !== undefined
  // Approved by us before, or by another process from the same sealed Secret: record() leaves that as it is.
  if (isSameQuestion && !isFound && (decided === undefined || decided === 'Approved'))
    return apply(dependencies, { observed: fresh, outcome })
  await lose(dependencies, { observed, outcome })
  if (!isThere(dependencies, fresh.request)) return { kind: 'Done' }
  // What it is now counts, though the watch may not have shown it yet: it is kept for a while, and then deleted.
  dependencies.memory.rememberWritten(uidOf(fresh.request), fresh.request)
  return nextPass(dependencies, { ...fresh, progress: undefined })
}

/** The request is gone or was decided otherwise: a token must not outlive that. */
async function lose(dependencies: Dependencies, { observed, outcome }: Performed): Promise<Result> {
  const { memory } = dependencies
  const { request } = observed
  const { connection } = memory.recall(keyOfPrompt(observed))
  await dropRedeemed(dependencies, uidOf(request))
  if (outcome.kind === 'Approved') {
    const accessToken = await deleteTokenOf(dependencies, request)
    if (accessToken !== undefined) await connection?.revoke(accessToken)
  }
  memory.forget(uidOf(request))
  return { kind: 'Done' }
}

async function live({ requests }: Dependencies, observed: Observed): Promise<Observed> {
  const request = await requests.get(keyOf(observed.request))
  return request === undefined ? observed : { ...observed, request }
}

function writeOf({ kind }: ActionOutcome, { outcome }: ApprovalRequestStatus): 'W2' | 'W4' | undefined {
  if (kind === 'Prompted') return 'W2'
  return outcome === undefined ? undefined : 'W4'
}

/** When one of several prompts is due. */
function soonest(results: readonly Result[]): Result {
  const retry = results.find(({ kind }) => kind === 'Retry')
  const moments = results.flatMap((result) => (result.kind === 'RequeueAt' ? [result.at] : []))
  const [at] = moments.toSorted((a, b) => a.getTime() - b.getTime())
  return retry ?? (at === undefined ? { kind: 'Done' } : { kind: 'RequeueAt', at })
}

function nextPass({ clock, settings }: Dependencies, observed: Observed): Result {
  const now = clock.now()
  return { kind: 'RequeueAt', at: nextMoment(stepOf(observed, settings, now), now) }
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
  return ['Prompted', 'NotPrompted', 'PromptLost', 'TokenError', 'Refused', 'Approved'].includes(kind)
}
