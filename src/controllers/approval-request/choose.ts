/**
 * The step that is next, and the place that it takes. Limits and places are what all requests share: they are read and written here,
 * within one turn, and nowhere else between a reading and its writing. Nothing here may await, or two requests would take one place.
 */
import { wholeOf } from '../../core/request/observed.ts'
import type { Observed } from '../../core/request/observed.ts'
import { allPrompts } from '../../core/request/part.ts'
import { providerCallOf } from '../../core/request/provider-call.ts'
import { stepOf } from '../../core/request/step.ts'
import type { Step } from '../../core/request/step.ts'
import type { Unasked } from '../../core/limits/throttle.ts'
import type { Dependencies } from './dependencies.ts'
import { uidOf } from './observe.ts'
import { placeOf } from './queue-key.ts'

type Shared = Pick<Dependencies, 'clock' | 'memory' | 'places' | 'settings' | 'slots'>

/** `isInLine`: the provider of the step has no place for it yet. */
export type Choice = { readonly step: Step; readonly isInLine: boolean }

/** A prompt counts against the limits from here on: the step lets go of it (`slots.release`) if none was sent. */
export function choose({ clock, memory, places, settings, slots }: Shared, observed: Observed): Choice {
  const request = wholeOf(observed)
  const now = clock.now()
  const step = stepOf(observed, { settings, counts: slots.counts(now), now })
  // Whose turn is next is no matter of a prompt that was sent.
  if (observed.request === request) {
    const { line = [] } = memory.recall({ uid: uidOf(request), prompt: allPrompts })
    slots.waits(request, queuesOf(step, line))
    memory.remember({ uid: uidOf(request), prompt: allPrompts }, { unasked: unaskedIn(step) })
  }
  const call = providerCallOf(step)
  if (call !== undefined && !places.take(call, placeOf(observed))) return { step, isInLine: true }
  if (step.kind === 'Ask') slots.reserve(request, step.terms, now)
  return { step, isInLine: false }
}

/** @param line in which it was found to wait when it was to be asked the last time; it keeps its place there while that is tried again */
function queuesOf(step: Step, line: readonly string[]): readonly string[] {
  switch (step.kind) {
    case 'Report':
      return step.blocked.waitsFor?.queues ?? []
    case 'Ask':
      return [...new Set([...(step.terms.queues ?? []), ...line])]
    case 'Wait':
      return step.turn?.queues ?? line
    case 'SayUnasked':
      return step.turn.queues
    default:
      return []
  }
}

/** Who is not asked yet, for the next status write. */
function unaskedIn(step: Step): readonly Unasked[] | undefined {
  switch (step.kind) {
    case 'Ask':
      return someOf(step.terms.unasked)
    case 'Wait':
    case 'SayUnasked':
      return someOf(step.turn?.unasked)
    default:
      return undefined
  }
}

function someOf(unasked: readonly Unasked[] = []): readonly Unasked[] | undefined {
  return unasked.length === 0 ? undefined : unasked
}
