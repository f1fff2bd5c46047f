/** What keeps requesters from asking too much: for the controller that asks, and for the process that stops. */
import { createPromptRecords } from '../../controllers/approval-request/limits/prompt-records.ts'
import type { PromptRecords } from '../../controllers/approval-request/limits/prompt-records.ts'
import { slotsOf } from '../../controllers/approval-request/limits/slots.ts'
import { createTurnstile } from '../../controllers/approval-request/limits/turnstile.ts'
import type { Slots } from '../../core/ports/ownership.ts'
import { objectKeyOf } from '../../controllers/approval-request/queue-key.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Caches } from './caches.ts'
import type { Foundation } from './foundation.ts'

/** The limits on prompts, and the records that keep them across restarts. */
export type Limits = {
  readonly slots: Slots
  readonly records: PromptRecords
  /** Whoever has a request reconciled whose turn may have come says so before the watches start. */
  onTurn(wake: (key: string) => void): void
}

/** Builds the turnstile and its records; the records are read when they are first needed. */
export function createLimits({ resources, flags, log }: Foundation, { requests }: Caches): Limits {
  let wake: (key: string) => void = () => undefined
  const turnstile = createTurnstile({
    wake: (key) => {
      wake(key)
    },
    onAbandoned: (prompt) => {
      records.add(prompt)
    },
  })
  const records = createPromptRecords({
    ...{ configMaps: resources.configMaps, namespace: flags.namespace, clock: systemClock, log },
    prompts: turnstile.prompts,
    isThere: ({ request, uid }) => requests.cache.get(objectKeyOf(request))?.metadata.uid === uid,
  })
  return {
    ...{ slots: slotsOf(turnstile, records), records },
    onTurn: (listener) => {
      wake = listener
    },
  }
}
