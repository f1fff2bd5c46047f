/** Who is asked next, and from when on, as far as the timetable of the stages says so. Pure. */
import { due } from './due.ts'
import type { TimedStage } from './due.ts'
import type { Answer } from './tally.ts'

/** `people`: ids of their prompts, in the order of the stages. Limits, or an answer before, may keep them from being asked. */
export type NextAsked = { readonly at: Date; readonly people: readonly string[] }

/** `askedAt`: when the first of them was asked. `held`: who is due and is not asked yet because of a limit. */
type Moment = { readonly askedAt: Date; readonly now: Date; readonly held: readonly string[] }

/**
 * @param answers by the approver's name; who is absent is not asked yet
 * @returns undefined where nobody is asked later, or a limit has moved somebody's turn, which the timetable does not tell
 */
export function nextAsked(
  stages: readonly TimedStage[],
  answers: ReadonlyMap<string, Answer>,
  { askedAt, now, held }: Moment,
): NextAsked | undefined {
  const isMoved = stages.some(
    ({ turnSeconds, approvers }) => turnSeconds !== undefined && approvers.some((id) => held.includes(id)),
  )
  if (isMoved) return undefined
  const before = due(stages, answers, { askedAt, now })
  // A turn comes to nobody where the person was asked for another stage.
  for (let at = before.nextAt; at !== undefined;) {
    const then = due(stages, answers, { askedAt, now: at })
    const people = then.ask.filter((id) => !before.ask.includes(id) && !answers.has(id))
    if (people.length > 0) return { at, people }
    at = then.nextAt
  }
  return undefined
}
