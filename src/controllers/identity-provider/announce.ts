/** Tells people what has become of a provider: an Event and a line in the log for each transition. */
import type { IdentityProvider } from '../../api/objects.ts'
import { readyOf } from '../../core/identity-provider/status.ts'
import type { EventRecorder } from '../../core/ports/events.ts'
import type { Log } from '../../core/ports/surroundings.ts'
import type { Dependencies } from './dependencies.ts'

type Voices = { readonly events: EventRecorder; readonly log: Log }

export function announceWith({ events, log }: Voices): Dependencies['report'] {
  return (provider: IdentityProvider) => {
    const ready = readyOf(provider)
    if (ready === undefined) return
    const { reason, message, status } = ready
    events.recordEvent({
      regarding: provider,
      type: status === 'True' ? 'Normal' : 'Warning',
      reason,
      action: 'Reconcile',
      note: message,
    })
    const fields = { provider: provider.metadata.name, ready: status, reason, detail: message }
    if (status === 'True') log.info('identity provider changed', fields)
    else log.warn('identity provider changed', fields)
  }
}
