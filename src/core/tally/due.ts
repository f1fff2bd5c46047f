/** Who of a policy's approvers is asked now, and when somebody else may have to be. Pure: the timetable of stages. */
import { secondsAfter } from '../duration.ts'
import { tally } from './tally.ts'
import type { Answer, StageCount, TallyStage } from './tally.ts'

/**
 * `turnSeconds`: of a stage that asks in turn, how long it waits before it asks one more; all are asked together if absent.
 * `afterSeconds`: of a stage that stands in for another one, how long after the first prompt it opens.
 */
export type TimedStage = TallyStage & { readonly turnSeconds?: number; readonly afterSeconds?: number }

/** `ask`: everyone who should have been asked by now, in the order of the stages. `nextAt`: when there may be more of them. */
export type Due = { readonly ask: readonly string[]; readonly nextAt?: Date }

/**
 * `askedAt`: when the first of them was asked, or `now` before that.
 * `passing`: whose turn passes on to the next one, since they cannot be asked yet.
 */
export type Moment = { readonly askedAt: Date; readonly now: Date; readonly passing?: readonly string[] }

/** @param answers by the approver's name; who is absent is not asked yet */
export function due(
  stages: readonly TimedStage[],
  answers: ReadonlyMap<string, Answer>,
  moment: Moment,
): Due {
  const { kind, counts } = tally(stages, answers)
  if (kind !== 'Open') return { ask: [] }
  const missing = new Set(
    counts.filter(({ approvedBy, required }) => approvedBy.length < required).map(({ stage }) => stage),
  )
  const open = stages.filter(({ name, insteadOf = name }) => missing.has(insteadOf))
  const each = open.map((stage) => dueOf(stage, { answers, counted: countedFor(stage, counts) }, moment))
  const [nextAt] = each
    .flatMap((one) => (one.nextAt === undefined ? [] : [one.nextAt]))
    .toSorted((a, b) => a.getTime() - b.getTime())
  return {
    ask: [...new Set(each.flatMap(({ ask }) => ask))],
    ...(nextAt !== undefined && { nextAt }),
  }
}

/** Whose approvals count for the stage, or for the one that it stands in for. */
function countedFor(
  { name, insteadOf = name }: TimedStage,
  counts: readonly StageCount[],
): readonly string[] {
  return counts.find(({ stage }) => stage === insteadOf)?.approvedBy ?? []
}

type Given = {
  readonly answers: ReadonlyMap<string, Answer>
  /** Whose approvals count here. */
  readonly counted: readonly string[]
}

function dueOf(stage: TimedStage, { answers, counted }: Given, { askedAt, now, passing = [] }: Moment): Due {
  const opensAt = secondsAfter(askedAt, stage.afterSeconds ?? 0)
  if (now < opensAt) return { ask: [], nextAt: opensAt }
  const { approvers, required, turnSeconds } = stage
  if (turnSeconds === undefined) return { ask: approvers }
  const turns = Math.floor((now.getTime() - opensAt.getTime()) / (1000 * turnSeconds))
  // One who cannot answer any more has passed the turn on, and so has one whose approval counts elsewhere.
  const spent = approvers.filter((name) => {
    const kind = answers.get(name)?.kind
    return kind === 'Failed' || (kind === 'Approved' && !counted.includes(name)) || passing.includes(name)
  }).length
  const ask = approvers.slice(0, required + turns + spent)
  return {
    ask,
    ...(ask.length < approvers.length && { nextAt: secondsAfter(opensAt, (turns + 1) * turnSeconds) }),
  }
}
