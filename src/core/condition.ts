/** The one place that sets conditions. */
import type { Condition, KubernetesObject } from '../api/objects.ts'
import type { PolicyReason } from '../api/policy-reasons.ts'
import type { ProviderReason } from '../api/provider-reasons.ts'
import type { Reason } from '../api/reasons.ts'
import { timestamp } from './duration.ts'

const maxMessageLength = 1024

export type Said = Pick<Condition, 'type' | 'message'> & {
  readonly status: 'True' | 'False'
  readonly reason: Reason | ProviderReason | PolicyReason
}

export type WithConditions = KubernetesObject & {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export function readyOf({ status }: WithConditions): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

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
    message: said.message.slice(0, maxMessageLength),
  }
}
