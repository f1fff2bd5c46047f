/** The sentences of conditions and Events: what happened, and what to do next. Never text of the requester. */
import type { ApprovalRequest, Decision, EffectiveTerms } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { mayBeShown, wasTaken } from '../prompt/prompt.ts'
import type { ErrorText } from '../ports/prompting.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import { changesInWords } from '../action/adjustment.ts'
import type { Change } from '../action/adjustment.ts'
import { codeInWords, shown } from '../provider/names.ts'
import { codeOf } from '../../api/digest.ts'
import { nextStep, onceFixed } from './next-step.ts'
import { inItsWords, people, sentence } from './punctuation.ts'
import { answerTime } from '../answer/answer-time.ts'
import { tokenNamesAction } from '../answer/token-reach.ts'

/** Of a provider's answer, which says more than that. */
export function errorTextOf({ error, description, httpStatus }: ErrorText): ErrorText {
  return {
    error,
    ...(description !== undefined && { description }),
    ...(httpStatus !== undefined && { httpStatus }),
  }
}

/** Whatever was said before, and until when it is tried again. */
export function retriedUntil(message: string, deadline: Date): string {
  return `${message} Retried until ${clock(deadline)}.`
}

/** Without the deadline, which every sentence of what waits ends in. */
export function inLine(identityProvider: string): string {
  return `as many requests are under way at IdentityProvider ${identityProvider} as it may have now; this one is sent as soon as there is room.`
}

/**
 * @param names of the approvers
 * @param attempt counts from 1
 */
export function asking(
  { identityProvider }: EffectiveTerms,
  names: readonly string[],
  attempt: number,
): string {
  return `asking ${names.join(', ')} through IdentityProvider ${identityProvider}, attempt ${attempt}.`
}

/** Sent for delivery by ping, and the answer with the prompt's id was lost. */
export function awaitingPing(request: ApprovalRequest, deadline: Date): string {
  return `the provider gave no usable answer to the prompt; ${asked(request)} may see it, and the provider’s ping will bring its id; it is awaited until ${clock(deadline)}.`
}

/** @param deadline RFC 3339 */
export function pending(request: ApprovalRequest, deadline: string): string {
  return `${asked(request)} has been asked, with the code ${codeOf(request)}; the answer is awaited until ${clock(deadline)}.`
}

/** What was changed stands last: a list that is too long for a condition is cut there. */
export function approved(request: ApprovalRequest, { decision, changes, ...approval }: ApprovalText): string {
  const { missingScopes = [], tokenExpiresAt, validUntil, secretName } = approval
  const how = changes.length === 0 ? '' : ' with changes'
  const missing = missingScopes.length === 0 ? '' : ` The provider did not grant ${missingScopes.join(', ')}.`
  const where = secretName === undefined ? '' : `, with the token in Secret ${secretName}${reachOf(request)}`
  const what = changes.length === 0 ? '' : `, with ${changesInWords(changes)}`
  return `${approvedBy(request, decision)}${how}.${missing} Act before ${clock(tokenExpiresAt ?? validUntil)}${where}${what}.`
}

function approvedBy(
  request: ApprovalRequest,
  { approvers = [], ...decision }: ApprovalText['decision'],
): string {
  const last = answerTime(decision, clock)
  const [only, ...others] = approvers
  if (others.length === 0) return `${only?.name ?? asked(request)} approved ${last}`
  const names = approvers.map(({ answeredAt, name }) => `${name} (${clock(answeredAt)})`)
  return `${people(names)} approved, the last ${last}`
}

/** Whoever takes a token that does not name the action cannot tell what was approved. */
function reachOf({ status }: ApprovalRequest): string {
  return status?.effective === undefined || tokenNamesAction(status.effective)
    ? ''
    : ' (it does not name the action)'
}

type ApprovalText = {
  readonly decision: Pick<Decision, 'answeredAfter' | 'decidedAt'> & Partial<Pick<Decision, 'approvers'>>
  readonly changes: readonly Change[]
  /** Scopes that were requested and not granted. */
  readonly missingScopes?: readonly string[]
  readonly validUntil: string
  readonly tokenExpiresAt?: string
  readonly secretName?: string
}

/** The provider itself said, at or after the deadline, that there is no answer yet. */
export function unanswered(request: ApprovalRequest): string {
  return `${asked(request)} did not answer by ${clock(request.status?.deadline)}. ${nextStep('RequestExpired', request)}`
}

/** Why nobody waits for the answer any longer. */
export function withdrawn(request: ApprovalRequest, { reason, message, next }: Withdrawal): string {
  return [message, ended(request), next ?? nextStep(reason, request)].filter((part) => part !== '').join(' ')
}

/** What the end of a request means for the approver, by what was sent. */
function ended(request: ApprovalRequest): string {
  const { prompts = [] } = request.status ?? {}
  if (!prompts.some(mayBeShown)) return 'Nobody was asked.'
  const was = prompts.filter(mayBeShown).length === 1 ? 'was' : 'were'
  const how = wasTaken(request) ? was : 'may have been'
  return `${asked(request)} ${how} asked; an answer has no effect any more.`
}

/** @param heard what the provider answered when the answer was fetched last */
export function tokenLost(request: ApprovalRequest, heard: ErrorText = { error: 'invalid_grant' }): string {
  return (
    `the provider answered ${quoted(heard)} when the operator fetched the answer of ${asked(request)}, and no token is stored; ` +
    `an answer cannot be used. A provider answers so when it no longer accepts the account or the client, when the prompt has ` +
    `expired or was forgotten in a restart, or when a controller that ended has fetched the token. Ask a platform engineer if its ` +
    `text names the account or the client. ${nextStep('TokenLost', request)}`
  )
}

/** @param why what kept the token from being verified or stored before it expired, as a sentence */
export function tokenExpired(request: ApprovalRequest, why: string): string {
  return (
    `${asked(request)} answered, but the token expired before the operator could verify and store it, and was revoked: ${sentence(why)} ` +
    `The answer cannot be used. ${onceFixed(request)}`
  )
}

/** A replica that lost the Lease may not write what it has got. */
export function tokenDropped(request: ApprovalRequest): string {
  return (
    `the operator lost its lease before it stored the token, and dropped it; ` +
    `the answer of ${asked(request)} cannot be used. ${nextStep('TokenLost', request)}`
  )
}

/** @param why a sentence or a clause: what happened to the prompt's id */
export function promptLost(request: ApprovalRequest, why: string): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  return (
    `the prompt is lost at IdentityProvider ${provider}: ${sentence(why)} ${asked(request)} may still see the prompt; an answer has no effect. ` +
    `If that happens again, ask a platform engineer to look at the IdentityProvider. ${nextStep('PromptLost', request)}`
  )
}

/** @param detail what is wrong with the response, such as `without expires_in` */
export function malformedResponse(request: ApprovalRequest, detail: string): string {
  return (
    `the provider accepted the prompt and answered ${detail}, which CIBA Core §7.3 requires; ${asked(request)} may still see the ` +
    `prompt; an answer has no effect. ${nextStep('MalformedResponse', request)}`
  )
}

/** The IdentityProvider was edited after the approver was asked, or while that was about to happen. */
export function providerChanged(request: ApprovalRequest, terms: EffectiveTerms): string {
  const { identityProvider, issuer, clientID } = terms
  const use = request.status?.prompts?.some(mayBeShown) === true ? 'was asked' : 'was to be asked'
  return (
    `IdentityProvider ${identityProvider} no longer has the issuer ${issuer} with the client ${clientID}, through which ${namesOf(terms)} ${use}; ` +
    `nothing was sent to the new one. ${nextStep('IdentityProviderChanged', request)}`
  )
}

/** An answer was fetched, and the provider whose keys verify it was deleted before the deadline. */
export function providerDeleted(request: ApprovalRequest, { identityProvider }: EffectiveTerms): string {
  return (
    `IdentityProvider ${identityProvider} was deleted before the answer of ${asked(request)} could be verified; ` +
    `the answer cannot be used. ${onceFixed(request)}`
  )
}

/** For an answer that failed a check. @param why names the check */
export function rejected(
  request: ApprovalRequest,
  reason: Extract<FinalReason, 'TokenRejected' | 'ApproverMismatch' | 'AuthenticationTooWeak'>,
  why: string,
): string {
  return `${sentence(why)} The approval that the provider reported for the prompt to ${asked(request)} does not count. ${nextStep(reason, request)}`
}

/** For an error of the backchannel authentication endpoint after which the prompt is sent again. */
export function providerError(request: ApprovalRequest, text: ErrorText): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  const next = nextStep('IdentityProviderNotReady', request)
  return `IdentityProvider ${provider} answered ${quoted(text)} when ${asked(request)} was to be asked. ${next}`
}

/** For a prompt that did not leave, and is sent again. */
export function promptUnsent(request: ApprovalRequest, why: string): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  const next = nextStep('IdentityProviderNotReady', request)
  return `the prompt to ${asked(request)} could not be sent to IdentityProvider ${provider}: ${sentence(why)} ${next}`
}

/** For an error that ends the request before anyone was prompted. Some providers say invalid_request of an unknown hint. */
export function promptRefused(request: ApprovalRequest, reason: FinalReason, text: ErrorText): string {
  const { approvers = [], identityProvider = '' } = request.status?.effective ?? {}
  const hint = ['InvalidRequest', 'UnknownUserId'].includes(reason)
    ? ` It may not know the hint ${approvers.map((approver) => shown(approver.hint)).join(', ')}.`
    : ''
  return `IdentityProvider ${identityProvider} answered ${quoted(text)}, and ${asked(request)} was not prompted.${hint} ${nextStep(reason, request)}`
}

/** For an error of the token endpoint that ends the request. */
export function finalError(
  request: ApprovalRequest,
  reason: FinalReason,
  { now, ...text }: ErrorText & { readonly now: Date },
): string {
  const next = nextStep(reason, request)
  switch (reason) {
    case 'RequestExpired':
      return `the provider reported at ${clock(now)} that the prompt to ${asked(request)} has expired without an answer${inItsWords(text.description)}. ${next}`
    default:
      return `IdentityProvider ${request.status?.effective?.identityProvider ?? ''} answered ${quoted(text)} when the operator fetched the answer of ${asked(request)}. ${next}`
  }
}

/** `09:22 UTC`; `its deadline` where there is no moment. */
export function clock(moment: Date | string | undefined): string {
  const date = new Date(moment ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? 'its deadline' : `${date.toISOString().slice(11, 16)} UTC`
}

/** Who was asked, or would be. */
export function asked({ status }: ApprovalRequest): string {
  const { effective, prompts = [] } = status ?? {}
  if (effective === undefined) return 'the approver'
  const shown = prompts.filter(mayBeShown).map(({ approver }) => approver)
  return effective.approvers.length === 1 || shown.length === 0 ? namesOf(effective) : people(shown)
}

function namesOf({ approvers }: EffectiveTerms): string {
  return people(approvers.map(({ name }) => name))
}

/** The error's code, or its HTTP status where it has none, and what the provider says of it. */
export function quoted({ error, description = '', httpStatus }: ErrorText): string {
  const said = description === '' ? '' : ` ("${description}")`
  if (httpStatus === undefined) return `${codeInWords(error)}${said}`
  if (httpStatus < 400) return `HTTP ${httpStatus}, a redirect, which is not followed`
  return `HTTP ${httpStatus}${said === '' ? ' without an OAuth error' : said}`
}
