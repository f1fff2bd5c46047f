/** What an approver reads of a request that has ended: the outcome, when, by whom if it was the approver; never advice for a requester. Pure. */
import type { ApprovalRequest, Outcome } from '../../api/objects.ts'
import { reasons } from '../../api/reasons.ts'
import type { Reason } from '../../api/reasons.ts'
import { changesInWords, changesTo } from '../../core/action/adjustment.ts'
import type { Change } from '../../core/action/adjustment.ts'
import { answerTime } from '../../core/answer/answer-time.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import { isOfSeveral } from '../../core/request/part.ts'
import type { Seen } from '../prompts/deciders.ts'
import { decidedInWords } from './ending-of-several.ts'
import { utc } from './moments.ts'
import type { Decision } from '../prompts/state.ts'

/** A request that has ended, and one of those who were asked. */
export type Ended = Seen

/** What a page says about a request that has ended, in sentences. */
export type EndingWords = { readonly title: string; readonly text: string; readonly next: string }

/** The sentences for a request that has ended, as `hasEnded` says; all times are UTC. */
export function endingInWords(ended: Ended): EndingWords {
  const outcome = ended.request.status?.outcome ?? 'Withdrawn'
  const own = ownAnswer(ended)
  const next = nextAfter(outcome, ended.request)
  const { effective } = ended.request.status ?? {}
  const decided = effective?.stages && decidedInWords({ ...ended, effective })
  if (decided !== undefined) return { ...decided, next }
  if (own === undefined) {
    const text = `This request ${happened[outcome]}${endOf(ended.request)}${causeOf(outcome, ended.request)}`
    return { title: `This request ${happened[outcome]}`, text, next }
  }
  const { decision, when, changes } = own
  const answered = `You ${wordOf[decision]}`
  const text = `${answered} this request ${when}${changes.length > 0 ? `, with ${changesInWords(changes)}` : ''}`
  if (outcome === outcomeAfter[decision])
    return {
      title: `${answered}${changes.length > 0 ? ' with changes' : ''}`,
      text: `${text}. The operator has received your answer.`,
      next,
    }
  const cause = isNotCounted(own, ended) ? notCounted : causeOf(outcome, ended.request)
  return {
    title: `${answered}, but the request ${happened[outcome]}`,
    text: `${text}, but it ${happened[outcome]}${endOf(ended.request)}${cause}`,
    next,
  }
}

/** After `You`. */
export const wordOf = { approve: 'approved', deny: 'denied' } as const satisfies Record<Decision, string>

const outcomeAfter = { approve: 'Approved', deny: 'Denied' } as const satisfies Record<Decision, Outcome>

/** After `This request`. */
const happened = {
  Approved: 'was approved',
  Denied: 'was denied',
  Expired: 'expired',
  Withdrawn: 'was withdrawn',
  Failed: 'failed',
} as const satisfies Record<Outcome, string>

/** `when`: what follows "this request". */
type OwnAnswer = {
  readonly decision: Decision
  readonly when: string
  readonly changes: readonly Change[]
}

/** Given in the inbox, or, where the provider brings an app of its own, signed by the provider. */
function ownAnswer({ given, person, request }: Ended): OwnAnswer | undefined {
  if (given !== undefined)
    return { decision: given.decision, when: `at ${utc(given.at)}`, changes: given.changes ?? [] }
  const { decision } = request.status ?? {}
  const isOwn = decision?.approvers.some(
    ({ issuer, subject }) => issuer === person.issuer && subject === person.subject,
  )
  if (decision === undefined || isOwn !== true) return undefined
  const changes = changesTo(request.spec.parameters, decision.parameters)
  return { decision: 'approve', when: answerTime(decision, utc), changes }
}

/** Whoever reads this gave the answer: where one person is asked nobody else did, and of several each has a prompt. */
function isNotCounted({ decision }: OwnAnswer, { request, prompt }: Ended): boolean {
  if (decision !== 'approve' || summaryOf(request)?.reason !== 'ApproverMismatch') return false
  return !isOfSeveral(request) || promptOf(request, prompt)?.state === 'Failed'
}

const notCounted =
  '. Your answer does not count: the policy expects another account than the one you are logged in with, or the request is your own, or you are an author of the change or own the agent, and the policy excludes you.'

function endOf(request: ApprovalRequest): string {
  const { metadata, status } = request
  if (status?.outcome === undefined) return atMoment(metadata.deletionTimestamp)
  if (status.decision !== undefined) return ` ${answerTime(status.decision, utc)}`
  return atMoment(summaryOf(request)?.lastTransitionTime)
}

function atMoment(moment: string | undefined): string {
  return moment === undefined ? '' : ` at ${utc(moment)}`
}

function causeOf(outcome: Outcome, request: ApprovalRequest): string {
  switch (outcome) {
    case 'Approved':
      return ', by somebody else.'
    case 'Denied':
      return '. The denial was not given in this inbox.'
    case 'Expired':
      return isOfSeveral(request)
        ? ': the operator did not receive every approval that it needs in time.'
        : ': the operator received no answer in time.'
    case 'Withdrawn':
      return isDeletedByHand(request) ? ': somebody deleted it.' : `. ${meaningIn(request)}`
    case 'Failed':
      return `. ${meaningIn(request)}`
  }
}

/** Also of one that asks for no Rollout: of such a request nothing else is known. */
function isDeletedByHand(request: ApprovalRequest): boolean {
  const reason = summaryOf(request)?.reason
  const isDeleted = request.metadata.deletionTimestamp !== undefined
  return request.status?.outcome === undefined || (isDeleted && reason === 'Withdrawn')
}

function meaningIn(request: ApprovalRequest): string {
  const { reason = '' } = summaryOf(request) ?? {}
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason].meaning : ''
}

/** A token may end before the approval does: what cannot be acted on is not valid. */
function validityOf({ status }: ApprovalRequest): string {
  const [until] = [status?.validUntil, status?.tokenExpiresAt]
    .filter((moment) => moment !== undefined)
    .toSorted()
  return until === undefined ? '' : `The approval is valid until ${utc(until)}. `
}

/** Whether the same would end in the same way, until somebody who administers Countersign has changed something. */
function needsFix(request: ApprovalRequest): boolean {
  const { reason = '' } = summaryOf(request) ?? {}
  return Object.hasOwn(reasons, reason) && reasons[reason as Reason].next.includes('platform engineer')
}

function nextAfter(outcome: Outcome, request: ApprovalRequest): string {
  switch (outcome) {
    case 'Approved':
      return `${validityOf(request)}You need not do anything else.`
    case 'Failed':
      return `Nothing was approved. The requester knows${needsFix(request) ? '; whoever runs Countersign has to fix this before asking again can help' : ', and may ask again'}.`
    case 'Denied':
    case 'Expired':
    case 'Withdrawn':
      return 'Nothing was approved. You need not do anything.'
  }
}
