/** The prompts that count against limits, by approver and by slot, so that a request is compared with these and no others. */
import { hourMs, keyOfSent } from '../../../core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../core/limits/sent-prompt.ts'
import { Heap } from '../../../runtime/heap.ts'
import { createWindow } from './window.ts'
import type { Window } from './window.ts'

/** The prompts that count, by `keyOfSent`; all times are in milliseconds since 1970. */
export type PromptIndex = {
  /** Takes the place of what was known of this prompt. */
  put(prompt: SentPrompt): void
  remove(key: string): void
  get(key: string): SentPrompt | undefined
  /** Everything that counts now. */
  all(nowMs: number): readonly SentPrompt[]
  ofSlot(slot: string, nowMs: number): readonly SentPrompt[]
  open(approver: string): Pick<Window, 'count' | 'endsMs' | 'ids'>
  withinHour(approver: string): Pick<Window, 'count' | 'endsMs' | 'ids'>
}

/** No policy lets a requester pause for longer. */
const longestPauseMs = 3_600_000

type Known = { readonly prompt: SentPrompt; readonly dueMs: number; place: number }
type Approver = { readonly open: Window; readonly hour: Window; prompts: number }

const nothing = createWindow()

/** An empty index. A prompt is dropped once it counts against no limit any more. */
export function createPromptIndex(): PromptIndex {
  const known = new Map<string, Known>()
  const byEnd = new Heap<Known>()
  const slots = new Map<string, Map<string, SentPrompt>>()
  const approvers = new Map<string, Approver>()
  const remove = (key: string): void => {
    const entry = known.get(key)
    if (entry === undefined) return
    known.delete(key)
    byEnd.remove(entry)
    const { slot, approver } = entry.prompt
    slots.get(slot)?.delete(key)
    if (slots.get(slot)?.size === 0) slots.delete(slot)
    const of = approvers.get(approver)
    if (of === undefined) return
    of.open.delete(key)
    of.hour.delete(key)
    of.prompts -= 1
    if (of.prompts === 0) approvers.delete(approver)
  }
  const prune = (nowMs: number): void => {
    for (let next = byEnd.first; next !== undefined && next.dueMs <= nowMs; next = byEnd.first)
      remove(keyOfSent(next.prompt))
  }
  return {
    remove,
    put: (prompt) => {
      const { slot, approver, namespace, openUntilMs, sentMs } = prompt
      const key = keyOfSent(prompt)
      remove(key)
      const entry = { prompt, dueMs: endOf(prompt), place: 0 }
      known.set(key, entry)
      byEnd.add(entry)
      slots.set(slot, (slots.get(slot) ?? new Map<string, SentPrompt>()).set(key, prompt))
      const of = approvers.get(approver) ?? { open: createWindow(), hour: createWindow(), prompts: 0 }
      approvers.set(approver, of)
      of.prompts += 1
      if (openUntilMs !== undefined) of.open.set(key, namespace, openUntilMs)
      if (sentMs !== undefined) of.hour.set(key, namespace, sentMs + hourMs)
    },
    get: (key) => known.get(key)?.prompt,
    all: (nowMs) => {
      prune(nowMs)
      return [...known.values()].map(({ prompt }) => prompt)
    },
    ofSlot: (slot, nowMs) => {
      prune(nowMs)
      return [...(slots.get(slot)?.values() ?? [])]
    },
    open: (approver) => approvers.get(approver)?.open ?? nothing,
    withinHour: (approver) => approvers.get(approver)?.hour ?? nothing,
  }
}

/** When a prompt counts against no limit any more, in milliseconds since 1970. */
export function endOf({ openUntilMs = 0, sentMs = 0, refusedMs = 0 }: SentPrompt): number {
  return Math.max(openUntilMs, sentMs + hourMs, refusedMs + longestPauseMs)
}
