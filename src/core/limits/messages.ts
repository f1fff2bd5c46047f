/** Why a request waits for its turn: which limit, its value, whose it is, and when it is asked. Never text of the requester. */
import type { ApprovalRequestSpec } from '../../api/objects.ts'
import { durationOf } from '../duration.ts'
import { clock } from '../sentences/messages.ts'
import { namespaceShareOf, namespaceShareOfHour } from './policy-limits.ts'
import type { Limits } from './policy-limits.ts'

type Of = Limits & { readonly approver: string }
type About = Of & { readonly target: ApprovalRequestSpec['target'] }
type InNamespace = Of & { readonly namespace: string }

const inTurn = 'The oldest request is asked first'

/** @param holder `namespace/name` of the request whose prompt is open; it may be deleted, and then nobody hears its answer */
export function slotTaken(about: About, holder: string, until: Date): string {
  return `${about.approver} still has a prompt about ${targetOf(about)} from this requester, of request ${holder}. This request is asked when that prompt expires at ${clock(until)}, or earlier if that request is answered.`
}

export function slotQueued(about: About): string {
  return `an older request of this requester about ${targetOf(about)} waits for ${about.approver}. ${inTurn}.`
}

export function paused(about: About, since: Date, until: Date): string {
  const { approver, pauseSeconds, policy } = about
  return `the last prompt to ${approver} about ${targetOf(about)} from this requester ended without an approval at ${clock(since)}. Policy ${policy} pauses for ${durationOf(pauseSeconds)} then (limits.pauseAfterRefusal). This request is asked from ${clock(until)} on.`
}

export function tooManyOpen({ approver, policy, openPromptsPerApprover: most }: Of): string {
  return `${approver} has ${counted(most, 'open prompt')}, the most that policy ${policy} allows (limits.openPromptsPerApprover: ${most}). ${inTurn}, when one of them is answered or expires.`
}

export function tooManyOpenOfNamespace(subject: InNamespace): string {
  const { approver, namespace, policy, openPromptsPerApprover: most } = subject
  return `${approver} has ${counted(namespaceShareOf(most), 'open prompt')} from namespace ${namespace}; policy ${policy} keeps one of ${most} for other namespaces (limits.openPromptsPerApprover: ${most}). ${inTurn}, when one of them is answered or expires.`
}

export function tooManyInHour(
  { approver, policy, promptsPerApproverPerHour: most }: Of,
  from: Date | undefined,
): string {
  return `${approver} got ${counted(most, 'prompt')} within an hour, the most that policy ${policy} allows (limits.promptsPerApproverPerHour: ${most}). ${inTurnFrom(from)}`
}

export function tooManyInHourOfNamespace(subject: InNamespace, from: Date | undefined): string {
  const { approver, namespace, policy, promptsPerApproverPerHour: most } = subject
  return `${approver} got ${counted(namespaceShareOfHour(most), 'prompt')} from namespace ${namespace} within an hour; policy ${policy} keeps the rest of ${most} for other namespaces (limits.promptsPerApproverPerHour: ${most}). ${inTurnFrom(from)}`
}

export function tooManyOfRequester(
  { policy, openRequestsPerRequester: most }: Limits,
  username: string,
): string {
  return `${username} has ${counted(most, 'open request')}, the most that policy ${policy} allows (limits.openRequestsPerRequester: ${most}). ${inTurn}, when one of them ends.`
}

export function tooManyOfNamespace(
  { policy, openRequestsPerNamespace: most }: Limits,
  namespace: string,
): string {
  return `namespace ${namespace} has ${counted(most, 'open request')}, the most that policy ${policy} allows (limits.openRequestsPerNamespace: ${most}). ${inTurn}, when one of them ends.`
}

function inTurnFrom(from: Date | undefined): string {
  return from === undefined ? `${inTurn}.` : `${inTurn}, from ${clock(from)} on.`
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function targetOf({ target: { kind, name } }: About): string {
  return `${kind} ${name}`
}
