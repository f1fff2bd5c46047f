/**
 * What no two processes may have at once: a request that they work on, and a prompt's slot before an approver. Today one replica holds a
 * Lease; it owns every request, and its memory knows every prompt. Replicas that share the work are another implementation of both: the
 * core is given answers (`Counts`) and does not know how they come about.
 */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import type { Counts } from '../limits/throttle.ts'
import type { ObjectKey } from './cluster.ts'

/** Which process may act on a request. */
export interface Ownership {
  /** Asked right before an effect that must not happen twice; true for no longer than the last renewal covers. */
  owns(request: ObjectKey): boolean
  /** Until when a process that owned the request before us, and fell silent, may still be redeeming its prompts. */
  silentUntil(request: ObjectKey): Date | undefined
}

/** The terms under which these prompts are about to be sent, and until when they stand. */
export type Planned = {
  readonly effective: EffectiveTerms
  readonly deadline: Date
  readonly prompts: readonly string[]
}

/** The prompts that count against the limits of policies, and the requests that wait for one. */
export interface Slots {
  /** Learns what other processes have written down, once. @throws if it cannot be read: then nobody may be asked */
  load(): Promise<void>
  /** Good until the next `await`: `reserve` must follow in the same turn. */
  counts(now: Date): Counts
  /** From here on the prompts count as sent, until `seen` says otherwise. */
  reserve(request: ApprovalRequest, planned: Planned, now: Date): void
  /**
   * Nothing was sent, as far as `seen` has not said otherwise.
   * @param prompts all of the request's if absent
   */
  release(request: ApprovalRequest, prompts?: readonly string[]): void
  /** Resolves when no other process can think that these approvers are free. @throws if that cannot be: then nobody may be asked */
  settled(terms: Pick<EffectiveTerms, 'issuer' | 'approvers'>): Promise<void>
  /** A version of a request, from the watch or as we wrote it; one that is older than what is known changes nothing. */
  seen(request: ApprovalRequest): void
  /** The request is deleted; `request` is how it was last seen. */
  gone(request: ApprovalRequest): void
  /** @param queues what it waits for, by `throttleOf`: each is in order of age; none if it does not wait for others */
  waits(request: ApprovalRequest, queues: readonly string[]): void
}
