/**
 * Who of a request's approvers is asked now, within the limits of its policy, and why the others are not. Pure.
 *
 * One who has too much to answer keeps nobody else waiting: in turn, the next one is asked as well; and while nobody can be asked, the
 * stage that stands in for one without room opens by the time that has passed since the request was created.
 */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { earlier } from '../duration.ts'
import { roomFirst } from '../limits/messages.ts'
import { throttleOf } from '../limits/throttle.ts'
import type { Applicant, Counts, Throttle, Unasked } from '../limits/throttle.ts'
import { firstPromptId } from '../prompt/prompt.ts'
import { answersOf, stagesOf } from '../tally/answers.ts'
import { due } from '../tally/due.ts'
import type { Due, Moment } from '../tally/due.ts'
import { isShared } from './part.ts'

/** `counts`: what counts against the limits at this moment. They are read where they are used, never kept. */
export type Limited = { readonly counts: Counts; readonly now: Date }

/** Ids of the prompts that are sent now, and what keeps the others. */
export type Turns = {
  readonly prompts: readonly string[]
  readonly throttles: readonly Throttle[]
  readonly unasked: readonly Unasked[]
  /** When somebody else may have to be asked. */
  readonly nextAt?: Date
}

type Asking = Omit<Applicant, 'prompt' | 'terms'> & { readonly terms: EffectiveTerms }

/** Of a request that nobody was asked about yet. */
export function firstTurns(asking: Asking, limited: Limited): Turns {
  const { request, terms } = asking
  if (!isShared(terms)) return turnsAmong(asking, [firstPromptId], limited)
  const { prompts, throttles, unasked } = turnsOf(asking, { askedAt: limited.now }, limited)
  const isCrowded = prompts.length === 0 && throttles.some((throttle) => throttle.isCrowded === true)
  return isCrowded
    ? turnsOf(asking, { askedAt: startOf(request, limited.now) }, limited)
    : { prompts, throttles, unasked }
}

/** `askedAt`: when it has begun. `passing`: who is known to pass the turn on. */
type Timetable = { readonly askedAt: Date; readonly passing?: readonly string[] }

/** Of a request that is under way, or would be. */
export function turnsOf(asking: Asking, { askedAt, passing = [] }: Timetable, limited: Limited): Turns {
  const { request, terms } = asking
  const { ask, nextAt } = dueNow(request, terms, { askedAt, now: limited.now, passing })
  const turns = turnsAmong(asking, ask, limited)
  const crowded = turns.throttles.flatMap(({ isCrowded, prompt }) => (isCrowded === true ? [prompt] : []))
  return crowded.length > passing.length
    ? turnsOf(asking, { askedAt, passing: crowded }, limited)
    : { ...turns, ...(nextAt !== undefined && { nextAt }) }
}

/** The ids of the prompts that are due and were not sent yet, whatever the limits, and when others may be. */
export function dueNow({ status }: ApprovalRequest, terms: EffectiveTerms, moment: Moment): Due {
  const { prompts = [] } = status ?? {}
  const { ask, ...later } = due(stagesOf(terms), answersOf(prompts), moment)
  return { ask: ask.filter((id) => prompts.every((prompt) => prompt.id !== id)), ...later }
}

/** What all of them wait for, as one: the first approver with room is asked. */
export function waitOf({ throttles, nextAt }: Turns): WaitForTurn | undefined {
  const [first, ...others] = throttles
  if (first === undefined) return undefined
  const retryAt = soonest([...throttles.map((throttle) => throttle.retryAt), nextAt])
  const from = throttles.every((throttle) => throttle.from !== undefined)
    ? soonest([...throttles.map((throttle) => throttle.from), nextAt])
    : undefined
  const names = others.filter(({ queue }) => queue !== first.queue).map(({ approver }) => approver)
  return {
    queues: [...new Set(throttles.map(({ queue }) => queue))],
    message: roomFirst(first.message, names),
    ...(retryAt !== undefined && { retryAt }),
    ...(from !== undefined && { from }),
  }
}

/** The members mean what they mean in `Throttle`. */
export type WaitForTurn = Pick<Throttle, 'message' | 'retryAt' | 'from'> & {
  readonly queues: readonly string[]
}

function turnsAmong(asking: Asking, ids: readonly string[], { counts, now }: Limited): Turns {
  const each = ids.map((prompt) => ({ prompt, throttle: throttleOf({ ...asking, prompt }, counts, now) }))
  const throttles = each.flatMap(({ throttle }) => throttle ?? [])
  return {
    prompts: each.flatMap(({ prompt, throttle }) => (throttle === undefined ? [prompt] : [])),
    throttles,
    unasked: throttles.flatMap(({ approver, why }) => (why === undefined ? [] : [{ approver, why }])),
  }
}

function soonest(moments: readonly (Date | undefined)[]): Date | undefined {
  return moments.reduce(
    (first, moment) =>
      first === undefined || moment === undefined ? (first ?? moment) : earlier(first, moment),
    undefined,
  )
}

/** The API server's clock may be ahead of ours. */
function startOf({ metadata }: ApprovalRequest, now: Date): Date {
  return earlier(new Date(metadata.creationTimestamp ?? now), now)
}
