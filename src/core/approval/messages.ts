/** The sentences of conditions and Events: what happened, and what to do next. Never text of the requester. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { reasons, type FinalReason } from '../../api/reasons.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import { changesInWords, type Change } from './adjustment.ts'
import { shown } from '../provider/names.ts'
import { codeOf } from './digest.ts'
import { tokenNamesAction } from './token-reach.ts'

export type ProviderErrorText = { readonly error: string; readonly description?: string }

export function retriedUntil(message: string, deadline: Date): string {
  return `${message} Retried until ${clock(deadline)}.`
}

export function asking(terms: EffectiveTerms, attempt: number): string {
  return `asking ${namesOf(terms)} through IdentityProvider ${terms.identityProvider}, attempt ${attempt}.`
}

/** Sent for delivery by ping, and the answer with the prompt's id was lost. */
export function awaitingPing(request: ApprovalRequest, deadline: Date): string {
  return `the provider’s answer to the prompt was lost; ${asked(request)} may see it, and the provider’s ping will bring its id; it is awaited until ${clock(deadline)}.`
}

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
  return `${asked(request)} approved at ${clock(decision.decidedAt)}${how}.${missing} Act before ${clock(tokenExpiresAt ?? validUntil)}${where}${what}.`
}

/** Whoever takes a token that does not name the action cannot tell what was approved. */
function reachOf({ status }: ApprovalRequest): string {
  return status?.effective === undefined || tokenNamesAction(status.effective)
    ? ''
    : ' (it does not name the action)'
}

type ApprovalText = {
  readonly decision: { readonly decidedAt: string }
  readonly changes: readonly Change[]
  /** Scopes that were requested and not granted. */
  readonly missingScopes?: readonly string[]
  readonly validUntil: string
  readonly tokenExpiresAt?: string
  readonly secretName?: string
}

/** @param tooLateFor the deadline before which too little time was left to ask anyone */
export function expired(request: ApprovalRequest, tooLateFor?: Date): string {
  const { effective, conditions, deadline, prompts } = request.status ?? {}
  const until = deadline === undefined ? '' : ` by ${clock(deadline)}`
  const isSent = prompts?.[0]?.sentAt !== undefined
  if (effective !== undefined && (isSent || tooLateFor === undefined))
    return `${namesOf(effective)} did not answer${until}. ${reasons.RequestExpired.next}`
  const waiting = conditions?.find(({ type }) => type === 'Complete')
  const why = waiting === undefined ? '' : ` It waited for: ${waiting.reason}: ${waiting.message}`
  if (tooLateFor !== undefined)
    return `${asked(request)} could not be asked in time: too little time was left to answer until ${clock(tooLateFor)}. ${reasons.RequestExpired.next}${why}`
  if (waiting?.reason === 'Throttled')
    return `the approver could not be asked in time: its turn did not come${until}. ${reasons.RequestExpired.next}${why}`
  return `nobody could be asked${until}. ${reasons.RequestExpired.next}${why}`
}

export function expiredUnreachable(request: ApprovalRequest): string {
  return `the provider could not be asked for the answer of ${asked(request)} by ${clock(request.status?.deadline)}. ${reasons.RequestExpired.next}`
}

/** For a provider that says the same of both, once nobody could answer any more. */
export function refusedOrExpired(request: ApprovalRequest): string {
  return `${asked(request)} refused, or did not answer by ${clock(request.status?.deadline)}: the provider does not tell the two apart. ${reasons.RequestExpired.next}`
}

export function withdrawn({ reason, message, next = reasons[reason].next }: Withdrawal): string {
  return `${message} ${next}`
}

export function tokenLost(request: ApprovalRequest): string {
  return (
    `the provider knows the prompt no longer and no token is stored: it was given out to a controller that ended, the prompt ` +
    `lapsed while no controller ran, or the provider forgot it in a restart; an answer of ${asked(request)} cannot be used. ` +
    reasons.TokenLost.next
  )
}

/** @param why what kept the token from being verified or stored before it expired */
export function tokenExpired(why: string): string {
  return `the token expired before it could be stored, and was revoked: ${why} ${reasons.TokenLost.next}`
}

export function tokenDropped(request: ApprovalRequest): string {
  return (
    `the operator lost its lease before it stored the token, and dropped it; ` +
    `the answer of ${asked(request)} cannot be used. ${reasons.TokenLost.next}`
  )
}

export function promptLost(request: ApprovalRequest, why: string): string {
  return `${why}; ${asked(request)} may still see the prompt, an answer to it will have no effect. ${reasons.PromptLost.next}`
}

/** @param detail what is wrong with the response, such as `without expires_in` */
export function malformedResponse(request: ApprovalRequest, detail: string): string {
  return (
    `the provider accepted the prompt and answered ${detail}, which CIBA Core §7.3 requires; ${asked(request)} may still see the ` +
    `prompt, an answer to it will have no effect. ${reasons.MalformedResponse.next}`
  )
}

export function providerChanged({ identityProvider, issuer, clientID }: EffectiveTerms): string {
  return (
    `IdentityProvider ${identityProvider} no longer has the issuer ${issuer} with the client ${clientID}, by which this question was put; ` +
    `nothing was sent to the new one. ${reasons.IdentityProviderChanged.next}`
  )
}

/** For an error that leaves the question open. */
export function providerError(request: ApprovalRequest, text: ProviderErrorText): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  return `IdentityProvider ${provider} answered ${quoted(text)} when ${asked(request)} was to be asked. ${reasons.IdentityProviderNotReady.next}`
}

/** For an error that ends the request before anyone was prompted. Some providers say invalid_request of an unknown hint. */
export function promptRefused(
  request: ApprovalRequest,
  reason: FinalReason,
  text: ProviderErrorText,
): string {
  const { approvers = [], identityProvider = '' } = request.status?.effective ?? {}
  const hint = ['InvalidRequest', 'UnknownUserId'].includes(reason)
    ? ` It may not know the hint ${approvers.map((approver) => shown(approver.hint)).join(', ')}: compare the policy’s approver with the provider’s users.`
    : ''
  return `IdentityProvider ${identityProvider} answered ${quoted(text)}, and ${asked(request)} was not prompted.${hint} ${reasons[reason].next}`
}

/** For an error that keeps the answer out of reach for now. */
export function answerRefused(request: ApprovalRequest, text: ProviderErrorText): string {
  const { effective, deadline } = request.status ?? {}
  return (
    `${asked(request)} has been asked, but IdentityProvider ${effective?.identityProvider ?? ''} answered ${quoted(text)} to client ` +
    `${effective?.clientID ?? ''} when it fetched the answer. ${reasons.IdentityProviderNotReady.next} Retried until ${clock(deadline)}.`
  )
}

/** For an error that ends the question. */
export function finalError(
  request: ApprovalRequest,
  reason: FinalReason,
  { now, ...text }: ProviderErrorText & { readonly now: Date },
): string {
  const { next } = reasons[reason]
  switch (reason) {
    case 'AccessDenied':
      return `the prompt to ${asked(request)} was refused at ${clock(now)}. ${next}`
    case 'RequestExpired':
      return expired(request)
    default:
      return `the provider answered ${quoted(text)} for the prompt to ${asked(request)}. ${next}`
  }
}

export function clock(moment: Date | string | undefined): string {
  const date = new Date(moment ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? 'its deadline' : `${date.toISOString().slice(11, 16)} UTC`
}

function asked({ status }: ApprovalRequest): string {
  return status?.effective === undefined ? 'the approver' : namesOf(status.effective)
}

function namesOf({ approvers }: EffectiveTerms): string {
  return approvers.map(({ name }) => name).join(', ')
}

function quoted({ error, description }: ProviderErrorText): string {
  return description === undefined || description === '' ? error : `${error} ("${description}")`
}
