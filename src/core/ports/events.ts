/** Events about objects, for `kubectl describe`. */
import type { KubernetesObject } from '../../api/objects.ts'

/** An Event about an object, for `kubectl describe`. `action` is what the operator was doing. */
export type ObjectEvent = {
  readonly regarding: KubernetesObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
  /** The condition that it is about: an Event about the same condition that still waits is replaced. */
  readonly condition?: string
}

/** Tells people of what happened, by Events on the object. */
export interface EventRecorder {
  /** Sent in the background: a lost one is no error. */
  recordEvent(event: ObjectEvent): void
  /**
   * Recorded once, by whichever process comes first, for as long as the API server keeps Events. `mark` becomes a part of the Event's
   * name; who can guess it can keep it from being recorded.
   * @returns false if it was recorded before; true too if that cannot be learned
   */
  recordOnce(event: ObjectEvent, mark: string): Promise<boolean>
}
