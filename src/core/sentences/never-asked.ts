/** What is said of a request whose time is over before anybody was asked, or is known to have been. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { summaryOf } from '../request/conditions.ts'
import { asked, clock } from './messages.ts'
import { askAgainAfter, causeIn, nextStep } from './next-step.ts'
import { sentence } from './punctuation.ts'

/**
 * What happened and why, who can fix it, and how to ask again then.
 * @param tooLateFor the deadline before which too little time was left to ask anyone
 */
export function neverAsked(request: ApprovalRequest, tooLateFor?: Date): string {
  const what = whatHappened(request, tooLateFor)
  const { reason, message } = summaryOf(request) ?? {}
  if (reason === undefined || message === undefined) return `${what}. ${nextStep('RequestExpired', request)}`
  const why = message.startsWith('asking ') ? '.' : `: ${causeOf(message)}`
  return `${what}${why} ${askAgainAfter(message, reason, request)}`
}

function whatHappened(request: ApprovalRequest, tooLateFor: Date | undefined): string {
  const { deadline, effective } = request.status ?? {}
  const reason = summaryOf(request)?.reason
  if (tooLateFor !== undefined)
    return `${asked(request)} could not be asked early enough to answer by ${clock(tooLateFor)}`
  const until = deadline === undefined ? '' : ` by ${clock(deadline)}`
  if (reason === 'Throttled') return `the request’s turn did not come${until}`
  return effective === undefined
    ? `nobody could be asked${until}`
    : `${asked(request)} could not be asked${until}`
}

/** Longest part of what a request waited for: what to do next stands after it, and must find room in a condition. */
const longestCause = 600

function causeOf(message: string): string {
  const cause = causeIn(message)
  return cause.length > longestCause ? `${cause.slice(0, longestCause)}…` : sentence(cause)
}
