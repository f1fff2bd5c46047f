/**
 * Lets requests through to approvers, in turn and within the limits of policies. It knows what the watch has shown and what this
 * process has written, whichever is newer, and keeps a prompt in mind after its request is gone.
 */
import type { ApprovalRequest, Prompt } from '../../../api/objects.ts'
import {
  abandoned,
  keyOfPrompt,
  keyOfSent,
  promptUnder,
  sentPromptsOf,
} from '../../../core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../core/limits/sent-prompt.ts'
import { isForPrompt, queuesBehind, queuesBehindRequest } from '../../../core/limits/queues.ts'
import type { Counts, Tally } from '../../../core/limits/throttle.ts'
import type { Slots } from '../../../core/ports/ownership.ts'
import { isOfSeveral } from '../../../core/request/part.ts'
import { createCrowd } from './crowd.ts'
import type { Crowd } from './crowd.ts'
import { createHoldings } from './holdings.ts'
import { createPromptIndex } from './prompt-index.ts'
import type { PromptIndex } from './prompt-index.ts'
import { createWaitingLines } from './waiting-lines.ts'
import type { WaitingLines } from './waiting-lines.ts'

/** The limits of all policies together, over every request that waits for a prompt or holds one. */
export type Turnstile = Omit<Slots, 'load' | 'settled'> & {
  readonly prompts: Pick<PromptIndex, 'all' | 'get' | 'put'>
}

/** Who is notified when a turn comes, and when a prompt outlives its request. */
export type TurnstileListener = {
  /** A request's turn may have come, by its key in the work queue. */
  readonly wake: (key: string) => void
  /** A prompt outlives its request. */
  readonly onAbandoned: (prompt: SentPrompt) => void
}

/** A turnstile that has seen nothing yet; it holds everything in memory. */
export function createTurnstile({ wake, onAbandoned }: TurnstileListener): Turnstile {
  const [prompts, lines, crowd] = [createPromptIndex(), createWaitingLines(wake), createCrowd()]
  const known = { prompts, lines, crowd }
  const { update, dismiss } = changesTo(known)
  /** How far each request is that holds a prompt, to recognise older versions. */
  const progress = new Map<string, number>()
  const holdings = createHoldings(update)

  const seen = (request: ApprovalRequest): void => {
    const uid = uidOf(request)
    const { effective, outcome } = request.status ?? {}
    const reached = progressOf(request)
    if (reached < (progress.get(uid) ?? 0)) return
    if (effective === undefined && outcome === undefined) return
    holdings.see(uid, sentPromptsOf(request))
    // One that several people are asked about may wait for others of them still; which, the next choice of its step says.
    if (outcome !== undefined || !isOfSeveral(request)) lines.leave(uid)
    if (outcome === undefined) {
      progress.set(uid, reached)
      crowd.join(request)
    } else {
      progress.delete(uid)
      holdings.forget(uid)
      dismiss(request)
    }
  }
  return {
    seen,
    gone: (request) => {
      seen(request)
      const uid = uidOf(request)
      const keys = new Set([...holdings.sent(uid), ...sentPromptsOf(request).map(keyOfSent)])
      const left = [...keys].flatMap((key) => abandoned(prompts.get(key)) ?? [])
      for (const prompt of left) onAbandoned(prompt)
      holdings.release(uid)
      holdings.see(uid, left)
      holdings.forget(uid)
      progress.delete(uid)
      lines.leave(uid)
      dismiss(request)
    },
    waits: (request, queues) => {
      if (queues.length === 0) lines.leave(uidOf(request))
      else lines.join(queues, request)
      if (queues.some(isForPrompt)) crowd.join(request)
      else if (request.status?.effective === undefined) dismiss(request)
    },
    reserve: (request, { effective, deadline, prompts: ids }, now) => {
      const planned = ids.flatMap((id) => promptUnder(request, { terms: effective, id }, deadline) ?? [])
      const added = holdings.reserve(uidOf(request), planned)
      for (const prompt of added) prompts.put({ ...prompt, sentMs: now.getTime() })
      if (added.length > 0) crowd.join(request)
    },
    release: (request, ids) => {
      if (holdings.release(uidOf(request), ids && keysOf(request, ids))) dismiss(request)
    },
    counts: (now) => countsAt(now, known),
    prompts,
  }
}

function keysOf(request: ApprovalRequest, ids: readonly string[]): readonly string[] {
  return ids.map((id) => keyOfPrompt(uidOf(request), id))
}

type Known = {
  readonly prompts: PromptIndex
  readonly lines: WaitingLines
  readonly crowd: Crowd
}

type Changes = {
  /** `next` is undefined once nothing counts any more. */
  readonly update: (key: string, next: SentPrompt | undefined) => void
  /** It neither waits for a prompt nor holds one any more. */
  readonly dismiss: (request: ApprovalRequest) => void
}

/** Each wakes whoever is next, where it makes room. */
function changesTo({ prompts, lines, crowd }: Known): Changes {
  const wakeFirst = (queues: readonly string[]): void => {
    for (const queue of queues) lines.wakeFirst(queue)
  }
  return {
    update: (key, next) => {
      const before = prompts.get(key)
      if (next === undefined) prompts.remove(key)
      else prompts.put(next)
      if (before !== undefined && hasEnded(before, next)) wakeFirst(queuesBehind(before))
    },
    dismiss: (request) => {
      if (crowd.leave(request)) wakeFirst(queuesBehindRequest(request))
    },
  }
}

function countsAt(now: Date, { prompts, lines, crowd }: Known): Counts {
  const nowMs = now.getTime()
  const tally = (window: ReturnType<PromptIndex['open']>, namespace: string | undefined): Tally => ({
    count: window.count(nowMs, namespace),
    endsMs: () => window.endsMs(nowMs, namespace),
    orphans: () => window.ids(nowMs, namespace).filter((key) => prompts.get(key)?.isRequestGone).length,
    unneededMs: () =>
      window
        .ids(nowMs, namespace)
        .flatMap((key) => endOfUnneeded(prompts.get(key)) ?? [])
        .toSorted((a, b) => a - b),
  })
  return {
    promptsOf: (slot) => prompts.ofSlot(slot, nowMs),
    openPrompts: (approver, namespace) => tally(prompts.open(approver), namespace),
    promptsWithinHour: (approver, namespace) => tally(prompts.withinHour(approver), namespace),
    openRequests: crowd.others,
    ahead: (queue, request) => lines.ahead(queue, request),
  }
}

function endOfUnneeded(prompt: SentPrompt | undefined): number | undefined {
  return prompt?.isUnneeded === true && prompt.isRequestGone !== true ? prompt.openUntilMs : undefined
}

/** Less is open now than before. */
function hasEnded(before: SentPrompt, next: SentPrompt | undefined): boolean {
  if (next === undefined) return true
  return (next.openUntilMs ?? 0) < (before.openUntilMs ?? 0)
}

/** Grows with each write of status: the terms, each attempt of each prompt, what came of it. */
function progressOf({ status }: ApprovalRequest): number {
  if (status?.outcome !== undefined) return Number.POSITIVE_INFINITY
  if (status?.effective === undefined) return 0
  return (status.prompts ?? []).reduce((sum, prompt) => sum + progressOfPrompt(prompt), 2)
}

function progressOfPrompt({ attempt, handle, sentAt, state }: Prompt): number {
  const isUnderWay = sentAt !== undefined && handle === undefined
  return 2 * attempt + (isUnderWay ? -1 : 0) + (state === undefined ? 0 : 2)
}

function uidOf({ metadata }: ApprovalRequest): string {
  return metadata.uid ?? ''
}
