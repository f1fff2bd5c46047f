/** Why a request waits for its turn: which limit, its value, whose it is, and when it is asked. Never text of the requester. */
import type { ApprovalRequestSpec } from '../../api/objects.ts'
import { durationOf } from '../duration.ts'
import { clock } from '../sentences/messages.ts'
import { counted, people } from '../sentences/punctuation.ts'
import { namespaceShareOfHour } from './policy-limits.ts'
import type { Limits } from './policy-limits.ts'
import type { SentPrompt } from './sent-prompt.ts'

type Of = Limits & { readonly approver: string }
type About = Of & { readonly target: ApprovalRequestSpec['target'] }
type InNamespace = Of & { readonly namespace: string }

/** How much of a limit is used. */
export type Use = {
  readonly count: number
  /** How many older requests wait for the same, where not all of the limit is in use. */
  readonly waiting: number
  /** How many of the prompts counted are of requests that were deleted. */
  readonly orphans: number
  /** When each of those ends whose answer has no effect any more, earliest first. */
  readonly unneeded: readonly Date[]
  /** When the first of what is counted ends, if it is not answered before. */
  readonly firstEnd?: Date
  /** When the turn of this request may come, if no prompt is answered before; in an hourly limit an answer changes nothing. */
  readonly from?: Date
}

const inTurn = 'The oldest request is asked first'

/** @param holder whose prompt is open; of a request that was deleted nobody hears an answer */
export function slotTaken(
  about: About,
  { request, isRequestGone, isUnneeded }: Pick<SentPrompt, 'request' | 'isRequestGone' | 'isUnneeded'>,
  until: Date,
): string {
  const prompt = `${about.approver} still has a prompt about ${targetOf(about)} from this requester, of`
  const turn = `This request is asked when that prompt expires at ${clock(until)}`
  if (isRequestGone === true)
    return `${prompt} a request ${request} that was deleted: its prompt counts until it expires. ${turn}.`
  return isUnneeded === true
    ? `${prompt} request ${request}, which needs no answer to it any more: the prompt counts until it expires. ${turn}.`
    : `${prompt} request ${request}. ${turn}, or earlier if that request is answered.`
}

/** An older request of the same requester about the same target waits for the approver. */
export function slotQueued(about: About): string {
  return `an older request of this requester about ${targetOf(about)} waits for ${about.approver}. ${inTurn}.`
}

/** The last prompt about this ended without an approval, and the policy's pause is not over. */
export function paused(about: About, since: Date, until: Date): string {
  const { approver, pauseSeconds, policy } = about
  return `the last prompt to ${approver} about ${targetOf(about)} from this requester ended without an approval at ${clock(since)}. Policy ${policy} pauses for ${durationOf(pauseSeconds)} then (limits.pauseAfterRefusal). This request is asked from ${clock(until)} on.`
}

/** The approver has as many open prompts as the policy allows. */
export function tooManyOpen({ approver, policy, openPromptsPerApprover: most }: Of, use: Use): string {
  return `${approver} has ${inUse(use, 'open prompt')}; policy ${policy} allows ${most} (limits.openPromptsPerApprover: ${most}). ${inTurnOnceFree(use)}`
}

/** One namespace has as many open prompts at the approver as it may. */
export function tooManyOpenOfNamespace(subject: InNamespace, use: Use): string {
  const { approver, namespace, policy, openPromptsPerApprover: most } = subject
  return `${approver} has ${inUse(use, 'open prompt', ` from namespace ${namespace}`)}; policy ${policy} keeps one of ${most} for other namespaces (limits.openPromptsPerApprover: ${most}). ${inTurnOnceFree(use)}`
}

/** The approver got as many prompts within an hour as the policy allows. */
export function tooManyInHour({ approver, policy, promptsPerApproverPerHour: most }: Of, use: Use): string {
  return `${approver} got ${inUse(use, 'prompt', ' within an hour')}; policy ${policy} allows ${most} (limits.promptsPerApproverPerHour: ${most}). ${inTurnFrom(use)}`
}

/** One namespace has sent the approver as many prompts within an hour as it may. */
export function tooManyInHourOfNamespace(subject: InNamespace, use: Use): string {
  const { approver, namespace, policy, promptsPerApproverPerHour: most } = subject
  const kept = most - namespaceShareOfHour(most)
  return `${approver} got ${inUse(use, 'prompt', ` from namespace ${namespace} within an hour`)}; policy ${policy} keeps ${kept} of ${most} for other namespaces (limits.promptsPerApproverPerHour: ${most}). ${inTurnFrom(use)}`
}

/** The requester has as many open requests as the policy allows. */
export function tooManyOfRequester(
  { policy, openRequestsPerRequester: most }: Limits,
  username: string,
  use: Use,
): string {
  return `${username} has ${inUse(use, 'open request', asking)}; policy ${policy} allows ${most} (limits.openRequestsPerRequester: ${most}). ${inTurn}, when one of them ends.`
}

/** The namespace has as many open requests as the policy allows. */
export function tooManyOfNamespace(
  { policy, openRequestsPerNamespace: most }: Limits,
  namespace: string,
  use: Use,
): string {
  return `namespace ${namespace} has ${inUse(use, 'open request', asking)}; policy ${policy} allows ${most} (limits.openRequestsPerNamespace: ${most}). ${inTurn}, when one of them ends.`
}

/** Of a request whose turn cannot come before its end. */
export function turnTooLate(end: Date, from: Date): string {
  return `This request ends at ${clock(end)}, before its turn can come. Ask again from ${clock(from)} on.`
}

/**
 * Of a request that waits for several people.
 * @param message why the first of them is not asked
 * @param others who wait for room of their own
 */
export function roomFirst(message: string, others: readonly string[]): string {
  if (others.length === 0) return message
  const wait = others.length === 1 ? 'is not asked yet either' : 'are not asked yet either'
  return `${message} ${people(others, 200)} ${wait}; the first one to be free is asked.`
}

/** What makes a request count, whichever limit it waits for itself. */
const asking = ' (asked about, or waiting to be)'

function inUse({ count, waiting, orphans, unneeded }: Use, noun: string, which = ''): string {
  return `${counted(count, noun)}${which}${orphansIn(count, orphans)}${unneededIn(count, unneeded)}${waiting === 0 ? '' : `, and ${waiting} more before this request`}`
}

function orphansIn(count: number, orphans: number): string {
  if (orphans === 0) return ''
  if (count === 1) return ', of a request that was deleted, which counts until it expires'
  const some = orphans === count ? 'all of them' : `${orphans} of them`
  return `, ${some} of requests that were deleted, which count until they expire`
}

/** Nobody can clear them, and people still see them: the condition says until when. */
function unneededIn(count: number, ends: readonly Date[]): string {
  const last = ends.at(-1)
  if (last === undefined) return ''
  const one = count === 1 ? 'which' : 'one of which'
  if (ends.length === 1)
    return `, ${one} needs no answer any more and counts until it expires at ${clock(last)}`
  const which = ends.length === count ? 'all of which' : `${ends.length} of which`
  return `, ${which} need no answer any more and count until they expire, the last at ${clock(last)}`
}

function inTurnOnceFree({ firstEnd }: Use): string {
  const first = firstEnd === undefined ? '' : `, the first at ${clock(firstEnd)}`
  return `${inTurn}, when one of them is answered or expires${first}.`
}

function inTurnFrom({ from }: Use): string {
  return from === undefined ? `${inTurn}.` : `${inTurn}, from ${clock(from)} on.`
}

function targetOf({ target: { kind, name } }: About): string {
  return `${kind} ${name}`
}
