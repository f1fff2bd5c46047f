/**
 * The step that is next, and the place that it takes. Limits and places are what all requests share: they are read and written here,
 * within one turn, and nowhere else between a reading and its writing. Nothing here may await, or two requests would take one place.
 */
import { wholeOf } from '../../core/request/observed.ts'
import type { Observed } from '../../core/request/observed.ts'
import { providerCallOf } from '../../core/request/provider-call.ts'
import { stepOf } from '../../core/request/step.ts'
import type { Step } from '../../core/request/step.ts'
import type { Dependencies } from './dependencies.ts'
import { placeOf } from './queue-key.ts'

type Shared = Pick<Dependencies, 'clock' | 'places' | 'settings' | 'slots'>

/** `isInLine`: the provider of the step has no place for it yet. */
export type Choice = { readonly step: Step; readonly isInLine: boolean }

/** A prompt counts against the limits from here on: whoever does the step lets go of it (`slots.release`) if none was sent. */
export function choose({ clock, places, settings, slots }: Shared, observed: Observed): Choice {
  const request = wholeOf(observed)
  const now = clock.now()
  const step = stepOf(observed, { settings, counts: slots.counts(now), now })
  // Whose turn is next is no matter of a prompt that was sent.
  if (observed.request === request) slots.waits(request, queueOf(step))
  const call = providerCallOf(step)
  if (call !== undefined && !places.take(call, placeOf(observed))) return { step, isInLine: true }
  if (step.kind === 'Ask') slots.reserve(request, step.terms, now)
  return { step, isInLine: false }
}

function queueOf(step: Step): string | undefined {
  if (step.kind === 'Report') return step.blocked.waitsFor?.queue
  return step.kind === 'Wait' ? step.queue : undefined
}
