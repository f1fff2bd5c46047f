/** How prompts stand in a ConfigMap. What is read is checked: of what is malformed nothing counts. */
import type { ConfigMap } from '../../../api/objects.ts'
import type { SentPrompt } from '../../../core/limits/sent-prompt.ts'
import { endOf } from './prompt-index.ts'

/** `countersign-prompts-0` to `-f`: by the first digit of the approver's key. RBAC names each of them. */
export const recordNames: readonly string[] = Array.from(
  { length: 16 },
  (_, digit) => `countersign-prompts-${digit.toString(16)}`,
)

/** The ConfigMap that holds the prompts of an approver. @param approver the approver's key, a hexadecimal hash */
export function recordNameOf(approver: string): string {
  return `countersign-prompts-${approver.slice(0, 1)}`
}

/** With names of the greatest length these are three quarters of what a ConfigMap takes. */
export const mostPrompts = 1500
const longestText = 384
const key = 'prompts'

/** The object with these prompts in place of what it held; `dropped` is how many did not fit, those that end first. */
export function withPrompts(
  object: ConfigMap,
  prompts: readonly SentPrompt[],
): { readonly object: ConfigMap; readonly dropped: number } {
  const kept = prompts.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, mostPrompts)
  return {
    object: { ...object, data: { [key]: JSON.stringify(kept) } },
    dropped: prompts.length - kept.length,
  }
}

/** Reads the prompts of a ConfigMap; `malformed` is how many entries were left out. */
export function promptsIn(object: ConfigMap | undefined): {
  readonly prompts: readonly SentPrompt[]
  readonly malformed: number
} {
  const entries = parsed(object?.data?.[key])
  const prompts = entries.slice(0, mostPrompts).flatMap((entry) => promptFrom(entry) ?? [])
  return { prompts, malformed: entries.length - prompts.length }
}

function parsed(text: string | undefined): readonly unknown[] {
  if (text === undefined) return []
  try {
    const entries: unknown = JSON.parse(text)
    return Array.isArray(entries) ? (entries as readonly unknown[]) : [undefined]
  } catch {
    return [undefined]
  }
}

function promptFrom(entry: unknown): SentPrompt | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { uid, prompt, request, namespace, approver, slot, ...moments } = entry as Readonly<
    Record<string, unknown>
  >
  if (!isText(uid) || !isText(request) || !isText(namespace)) return undefined
  if (!isText(approver) || !isText(slot)) return undefined
  if (prompt !== undefined && !isText(prompt)) return undefined
  const { sentMs, openUntilMs, refusedMs } = moments
  if (![sentMs, openUntilMs, refusedMs].every((moment) => moment === undefined || isMoment(moment)))
    return undefined
  return {
    ...{ uid, request, namespace, approver, slot },
    ...(isText(prompt) && { prompt }),
    ...(isMoment(sentMs) && { sentMs }),
    ...(isMoment(openUntilMs) && { openUntilMs }),
    ...(isMoment(refusedMs) && { refusedMs }),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText
}

function isMoment(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
