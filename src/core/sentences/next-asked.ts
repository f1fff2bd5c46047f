/** What is said of those who are asked next, where people are asked in turn or a stage stands in for another one. */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'
import type { Unasked } from '../limits/throttle.ts'
import { approverWith } from '../prompt/prompt.ts'
import { isTooLate, leastSecondsUnder } from '../request/expiry.ts'
import { answersOf, stagesOf } from '../tally/answers.ts'
import { nextAsked } from '../tally/next-asked.ts'
import { clock } from './messages.ts'
import { people } from './punctuation.ts'

/** Of the names; one may be as long as a hint may be. */
const room = 250
/** Names, a stage and the words around them. */
const longest = 400

/** What is kept free for it in a condition, whether anything is said or not: what stands before it never gets shorter for it. */
export function roomForNext({ status }: Pick<ApprovalRequest, 'status'>): number {
  const { stages = [] } = status?.effective ?? {}
  return stages.some(({ turnSeconds, afterSeconds }) => (turnSeconds ?? afterSeconds) !== undefined)
    ? longest
    : 0
}

/** All prompts so far, and who is not asked yet because of a limit. */
type Asked = { readonly prompts: readonly Prompt[]; readonly unasked?: readonly Unasked[] | undefined }

/** ` Asked next, from 22:41 UTC on: carol@company.com of stage lead.`; empty where nobody is, or where it would be too late to ask. */
export function whoIsNext(request: ApprovalRequest, { prompts, unasked = [] }: Asked, now: Date): string {
  const { effective, deadline } = request.status ?? {}
  if (effective?.askedAt === undefined || deadline === undefined) return ''
  const held = effective.stages
    ?.flatMap(({ approvers }) => approvers)
    .filter((id) => unasked.some(({ approver }) => approver === approverWith(effective, id)?.name))
  const next = nextAsked(stagesOf(effective), answersOf(prompts), {
    ...{ askedAt: new Date(effective.askedAt), now, held: held ?? [] },
  })
  // Without the policy the time that a prompt must leave is longer, never shorter.
  const leastSeconds = leastSecondsUnder(effective, request, [])
  if (next === undefined || isTooLate(new Date(deadline), leastSeconds, next.at)) return ''
  const names = next.people.map((id) => approverWith(effective, id)?.name ?? id)
  return ` Asked next, from ${clock(next.at)} on: ${people(names, room)}${stageOf(next.people, effective)}.`
}

function stageOf(ids: readonly string[], { stages = [] }: EffectiveTerms): string {
  const stage = stages.find(({ approvers }) => ids.every((id) => approvers.includes(id)))
  return stage === undefined ? '' : ` of stage ${stage.name}`
}
