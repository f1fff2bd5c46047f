/** What an approver reads of a request that several people decided: who did, when, and what that made of the own answer. Pure. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { changesInWords, changesTo } from '../../core/action/adjustment.ts'
import type { Change } from '../../core/action/adjustment.ts'
import { answerTime } from '../../core/answer/answer-time.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import { inWords } from '../../core/words.ts'
import { nameOfApprover } from '../prompts/deciders.ts'
import type { Given } from '../prompts/state.ts'
import { utc } from './moments.ts'

/** One of several approvers of a request that is approved or denied; `effective` are its terms. */
export type Looked = {
  readonly request: ApprovalRequest
  readonly effective: EffectiveTerms
  /** The id of this person's prompt. */
  readonly prompt: string
  readonly given: Given | undefined
}

/** Title and text; what follows for the reader is the same as where one person decides. */
export type DecidedWords = { readonly title: string; readonly text: string }

/** @returns undefined for a request that nobody decided */
export function decidedInWords(looked: Looked): DecidedWords | undefined {
  switch (looked.request.status?.outcome) {
    case 'Approved':
      return approved(looked)
    case 'Denied':
      return denied(looked)
    default:
      return undefined
  }
}

function approved(looked: Looked): DecidedWords {
  const own = ownAnswer(looked)
  const decided = decision(looked)
  if (own?.isCounted === true)
    return {
      title: `You approved${isChangedByReader(looked) ? ' with changes' : ''}`,
      text: `${own.said}. ${decided}`,
    }
  if (own === undefined)
    return { title: 'This request was approved', text: `${decided} Your answer was not needed.` }
  return own.decision === 'approve'
    ? {
        title: 'This request was approved',
        text: `${own.said}, but it was decided before the operator received your answer. ${decided} Your answer was not needed.`,
      }
    : {
        title: 'You denied, but the request was approved',
        text: `${own.said}, but it was decided before the operator received your answer. ${decided}`,
      }
}

function denied(looked: Looked): DecidedWords {
  const { request, prompt, effective } = looked
  const own = ownAnswer(looked)
  if (own?.decision === 'deny' && own.isCounted)
    return { title: 'You denied', text: `${own.said}. The operator has received your answer.` }
  const deniers = (request.status?.prompts ?? []).filter(
    ({ id, state }) => state === 'Denied' && id !== prompt,
  )
  const names = inWords(deniers.map(({ id }) => nameOfApprover(id, effective))) || 'Another approver'
  const [first] = deniers.flatMap(({ answeredAt }) => (answeredAt === undefined ? [] : [answeredAt]))
  const by = `${names} denied it${first === undefined ? '' : ` at ${utc(first)}`}.`
  if (own === undefined)
    return { title: 'This request was denied', text: `${by} Your answer was not needed.` }
  const title =
    own.decision === 'approve' ? 'You approved, but the request was denied' : 'This request was denied'
  return { title, text: `${own.said}. ${by}` }
}

/** `isCounted`: the operator received it, and it is part of the decision. */
type Own = { readonly decision: Given['decision']; readonly said: string; readonly isCounted: boolean }

function ownAnswer({ request, prompt, given }: Looked): Own | undefined {
  const { state, answeredAt } = promptOf(request, prompt) ?? {}
  const isCounted = state === 'Approved' || state === 'Denied' || request.status?.decision?.prompt === prompt
  if (given === undefined && !isCounted) return undefined
  const answer = given?.decision ?? (state === 'Denied' ? 'deny' : 'approve')
  const at = given?.at ?? answeredAt
  const said = `You ${answer === 'approve' ? 'approved' : 'denied'} this request${at === undefined ? '' : ` at ${utc(at)}`}`
  return { decision: answer, said, isCounted }
}

/** `Approved by alice@company.com and you. Decided by bob@company.com at …` */
function decision(looked: Looked): string {
  const { request, effective, prompt } = looked
  const { status } = request
  const name = (id: string): string => (id === prompt ? 'you' : nameOfApprover(id, effective))
  const approvers = (status?.prompts ?? [])
    .filter(({ id, state }) => state === 'Approved' || id === status?.decision?.prompt)
    .map(({ id }) => name(id))
  const when = status?.decision === undefined ? '' : ` ${answerTime(status.decision, utc)}`
  const by = status?.decision?.prompt === undefined ? inWords(approvers) : name(status.decision.prompt)
  const all = approvers.length > 1 ? `Approved by ${inWords(approvers, 'and', { most: 16 })}. ` : ''
  const changes = changesIn(request)
  return `${all}Decided by ${by}${when}${changes.length > 0 ? `, with ${changesInWords(changes)}` : ''}.`
}

function isChangedByReader({ request, prompt }: Looked): boolean {
  return changesIn(request).length > 0 && request.status?.decision?.prompt === prompt
}

function changesIn({ spec, status }: ApprovalRequest): readonly Change[] {
  return status?.decision === undefined ? [] : changesTo(spec.parameters, status.decision.parameters)
}
