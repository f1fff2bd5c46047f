/** Events about objects, for `kubectl describe`. */
import type { KubernetesObject } from '../../api/objects.ts'

/** An Event about an object, for `kubectl describe`. `action` is what the operator was doing. */
export type ObjectEvent = {
  readonly regarding: KubernetesObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
}

/** Events are told and forgotten: a lost one is no error. */
export interface EventRecorder {
  recordEvent(event: ObjectEvent): void
}
