/** Reports when an object becomes Ready or not: an Event and a line in the log for each transition. */
import type { KubernetesObject } from '../api/objects.ts'
import { readyOf } from '../core/condition.ts'
import type { WithConditions } from '../core/condition.ts'
import type { EventRecorder } from '../core/ports/events.ts'
import type { Log } from '../core/ports/surroundings.ts'

type Voices = { readonly events: EventRecorder; readonly log: Log }

/** What stands before the object's name in the log. */
const fields = {
  'identity provider': 'provider',
  'approval policy': 'policy',
  'approver group': 'group',
} as const

/**
 * Builds the `report` of a controller whose objects have a condition `Ready`.
 * @param kind stands in the log before the name of the object, and in the message of the line
 */
export function announceReady(
  { events, log }: Voices,
  kind: keyof typeof fields,
): (object: KubernetesObject & WithConditions) => void {
  const field = fields[kind]
  return (object) => {
    const ready = readyOf(object)
    if (ready === undefined) return
    const { reason, message, status } = ready
    events.recordEvent({
      regarding: object,
      type: status === 'True' ? 'Normal' : 'Warning',
      reason,
      action: 'Reconcile',
      note: message,
    })
    const said = { [field]: object.metadata.name, ready: status, reason, detail: message }
    if (status === 'True') log.info(`${kind} changed`, said)
    else log.warn(`${kind} changed`, said)
  }
}
