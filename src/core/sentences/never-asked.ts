/** What is said of a request whose time is over before anybody was asked, or is known to have been. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { summaryOf } from '../request/conditions.ts'
import { asked, clock } from './messages.ts'
import { askAgainStep, causeIn, nextStep } from './next-step.ts'
import { sentence } from './punctuation.ts'

/** @param tooLateFor the deadline before which too little time was left to ask anyone */
export function neverAsked(request: ApprovalRequest, tooLateFor?: Date): string {
  return [whatHappened(request, tooLateFor), ...waitedFor(request)].join(' ')
}

function whatHappened(request: ApprovalRequest, tooLateFor: Date | undefined): string {
  const { deadline, effective } = request.status ?? {}
  const until = deadline === undefined ? '' : ` by ${clock(deadline)}`
  const reason = summaryOf(request)?.reason
  if (tooLateFor !== undefined)
    return `${asked(request)} could not be asked in time: too little time was left to answer until ${clock(tooLateFor)}.`
  if (reason === 'Throttled')
    return `the approver could not be asked in time: the request’s turn did not come${until}.`
  if (reason === 'IdentityProviderNotReady' && effective !== undefined)
    return `${asked(request)} could not be asked${until}.`
  return `nobody could be asked${until}.`
}

/** Longest part of what a request waited for: what to do next stands after it, and must find room in a condition. */
const longestCause = 600

/** What it waited for, who can fix that, and how to ask again then. */
function waitedFor(request: ApprovalRequest): readonly string[] {
  const { reason, message } = summaryOf(request) ?? {}
  if (reason === undefined || message === undefined) return [nextStep('RequestExpired', request)]
  const cause = causeIn(message)
  const text = cause.length > longestCause ? `${cause.slice(0, longestCause)}…` : sentence(cause)
  return [`It waited for: ${reason}: ${text}`, askAgainStep(reason, request)]
}
