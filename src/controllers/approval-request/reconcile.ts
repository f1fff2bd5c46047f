/** Reconciles one request: read → choose the step → perform → write its outcome. It does not know why it was woken. */
import { summaryOf } from '../../core/request/conditions.ts'
import { isProvidersAnswer } from '../../core/request/outcome.ts'
import * as say from '../../core/sentences/messages.ts'
import type { Step } from '../../core/request/step.ts'
import { observedIn, wholeOf } from '../../core/request/observed.ts'
import type { Observed } from '../../core/request/observed.ts'
import { isOfSeveral } from '../../core/request/part.ts'
import { secondsAfter } from '../../core/duration.ts'
import { blocked } from '../../core/policy/selection.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { Result } from '../../runtime/runner.ts'
import { choose } from './choose.ts'
import type { Dependencies } from './dependencies.ts'
import { findAndCatchUp, observe, uidOf } from './observe.ts'
import { placeOf, queueKeyOf } from './queue-key.ts'
import { perform } from './steps/perform.ts'
import type { Performed } from './steps/ask.ts'
import { keyOfPrompt, retryWrite, writeOutcome } from './write-outcome.ts'
import type { Writing } from './write-outcome.ts'

/**
 * Reconciles all prompts of a request in parallel, and comes back when the first of them is due. What it learns about a
 * request that is deleted meanwhile, a token perhaps, is not kept.
 * @throws what reading or writing throws, after every prompt has ended
 */
export async function reconcile(dependencies: Dependencies, key: ObjectKey): Promise<Result> {
  const { caches, memory, places } = dependencies
  const uid = caches.requests.get(key)?.metadata.uid
  const inLine = new Set<string>()
  try {
    const results = await pass(dependencies, key, inLine)
    const at = secondsAfter(dependencies.clock.now(), lineSeconds)
    const result = soonest(results.map((each) => (each === 'InLine' ? { kind: 'RequeueAt', at } : each)))
    if (result.kind === 'Retry' && uid !== undefined) memory.readAgain(uid)
    return result
  } finally {
    places.leaveAll(queueKeyOf({ metadata: key }), inLine)
    if (uid !== undefined && caches.requests.get(key)?.metadata.uid !== uid) memory.forget(uid)
  }
}

/** Whoever stands in line at a provider is called; it looks so often whether it still wants to. */
const lineSeconds = 5
/** In a burst of 1,000, saying so after five seconds would be one status write more for two requests of three. */
const saidAfterSeconds = 15

/** Of each prompt, in parallel: a token request that one provider holds open delays no other approver's answer. */
async function pass(
  dependencies: Dependencies,
  key: ObjectKey,
  inLine: Set<string>,
): Promise<readonly (Result | 'InLine')[]> {
  await dependencies.slots.load()
  const found = await findAndCatchUp(dependencies, key)
  if (found === undefined) return []
  const write = writesOneByOne(dependencies)
  const passes = observe(dependencies, found).map(async (each) => {
    const result = await passOf(dependencies, each, write)
    if (result === 'InLine') inLine.add(each.prompt)
    else dependencies.places.leave(placeOf(each))
    return result
  })
  // One that fails ends none of the others.
  await Promise.allSettled(passes)
  return Promise.all(passes)
}

type Write = (performed: Performed) => Promise<Result>

/** What several prompts of a request bring at once is written one after the other, each on what the one before has written. */
function writesOneByOne(dependencies: Writing): Write {
  let last: Promise<unknown> = Promise.resolve()
  return (performed) => {
    const written = last.then(() => writeOutcome(dependencies, asWrittenLast(dependencies, performed)))
    last = written.catch(() => undefined)
    return written
  }
}

/** By this process itself, in this reconcile perhaps. */
function asWrittenLast(
  { memory }: Pick<Dependencies, 'memory'>,
  { observed, outcome }: Performed,
): Performed {
  const whole = wholeOf(observed)
  const written = memory.written(uidOf(whole))
  if (written?.status === undefined || !isOfSeveral(whole)) return { observed, outcome }
  const current = { ...whole, metadata: written.metadata, status: written.status }
  return { observed: observedIn(observed, current), outcome }
}

async function passOf(
  dependencies: Dependencies,
  observed: Observed,
  write: Write,
): Promise<Result | 'InLine'> {
  const { memory } = dependencies
  const { progress } = observed
  const key = keyOfPrompt(observed)
  const { unwritten } = memory.recall(key)
  if (unwritten !== undefined) return retryWrite(dependencies, { observed, outcome: unwritten })
  // When it is polled follows from when it was first seen here.
  if (progress?.kind === 'TakenOver') memory.remember(key, { progress })
  const { step, isInLine } = choose(dependencies, observed)
  if (isInLine) return standInLine(dependencies, observed, step)
  const performed = await perform(dependencies, observed, step)
  return soonest(
    await Promise.all(
      performed.map(async (each) => {
        const { outcome } = each
        if (isProvidersAnswer(outcome)) dependencies.places.answered(placeOf(observed))
        return outcome.kind === 'Stale' ? ({ kind: 'Retry' } as const) : write(each)
      }),
    ),
  )
}

/**
 * A new request says what it waits for, once it has waited for a while: under load most have a place before anybody could read it. One
 * that was sent, to one of several people perhaps, waits for its answer as before. What was wrong with the provider at the last attempt
 * says more, and stays.
 */
async function standInLine(
  dependencies: Writing & Pick<Dependencies, 'places'>,
  observed: Observed,
  step: Step,
): Promise<'InLine'> {
  if (dependencies.places.waitedMs(placeOf(observed)) < saidAfterSeconds * 1000) return 'InLine'
  const isUnderWay = isOfSeveral(wholeOf(observed))
  const isBlocked = summaryOf(observed.request)?.reason === 'IdentityProviderNotReady'
  if (step.kind === 'Ask' && !isUnderWay && !isBlocked) {
    const { provider, unaskedDeadline: deadline } = step.terms
    const outcome = {
      kind: 'InLine',
      blocked: blocked('IdentityProviderNotReady', say.inLine(provider.metadata.name)),
      deadline,
    } as const
    await writeOutcome(dependencies, { observed, outcome })
  }
  return 'InLine'
}

/** When one of several prompts is due. */
function soonest(results: readonly Result[]): Result {
  const retry = results.find(({ kind }) => kind === 'Retry')
  const moments = results.flatMap((result) => (result.kind === 'RequeueAt' ? [result.at] : []))
  const [at] = moments.toSorted((a, b) => a.getTime() - b.getTime())
  return retry ?? (at === undefined ? { kind: 'Done' } : { kind: 'RequeueAt', at })
}
