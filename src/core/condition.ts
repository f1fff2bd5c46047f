/** The one place that sets conditions. */
import type { Condition, KubernetesObject } from '../api/objects.ts'
import type { GroupReason } from '../api/group-reasons.ts'
import type { PolicyReason } from '../api/policy-reasons.ts'
import type { ProviderReason } from '../api/provider-reasons.ts'
import type { Reason } from '../api/reasons.ts'
import { timestamp } from './duration.ts'
import { beginningOf, longestMessage, withoutQuotes } from './words.ts'

/** What a condition is to say; the rest follows from the object and the time. */
export type Said = Pick<Condition, 'type' | 'message'> & {
  readonly status: 'True' | 'False'
  readonly reason: Reason | ProviderReason | PolicyReason | GroupReason
}

/** An object of any kind whose status has conditions. */
export type WithConditions = KubernetesObject & {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

/** Undefined until the operator has written it. */
export function readyOf({ status }: WithConditions): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

/** An object that nothing was said of yet is not ready. */
export function isReady(object: WithConditions): boolean {
  return readyOf(object)?.status === 'True'
}

/** `lastTransitionTime` moves only when the status does, `observedGeneration` always. */
export function conditionOf({ metadata, status }: WithConditions, said: Said, now: Date): Condition {
  const before = status?.conditions?.find(({ type }) => type === said.type)
  return {
    type: said.type,
    status: said.status,
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    lastTransitionTime: before?.status === said.status ? before.lastTransitionTime : timestamp(now),
    reason: said.reason,
    message: beginningOf(said.message, longestMessage),
  }
}

/**
 * The same for what is looked at again and again: its message stays as it was where only what it quotes of somebody else differs, an id or
 * a moment for instance, so that each look is no write.
 */
export function repeatedConditionOf(object: WithConditions, said: Said, now: Date): Condition {
  const condition = conditionOf(object, said, now)
  const before = object.status?.conditions?.find(({ type }) => type === said.type)
  const isSame =
    before?.status === said.status &&
    before.reason === said.reason &&
    withoutQuotes(before.message) === withoutQuotes(condition.message)
  return isSame ? { ...condition, message: before.message } : condition
}
