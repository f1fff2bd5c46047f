/** The sentences about an answer that the operator cannot fetch from the provider, for now or for good. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { reasons } from '../../api/reasons.ts'
import { asked, clock, quoted } from './messages.ts'
import type { ErrorText } from '../ports/prompting.ts'
import { nextStep, onceFixed } from './next-step.ts'
import { sentence } from './punctuation.ts'

/** For a request that was to be asked again, after an attempt that reached nobody. */
export function unaskedWithoutProvider(
  request: ApprovalRequest,
  { identityProvider }: EffectiveTerms,
): string {
  return (
    `IdentityProvider ${identityProvider} was deleted before ${asked(request)} was asked. ` +
    `${reasons.IdentityProviderNotReady.next} Retried until ${clock(request.status?.deadline)}.`
  )
}

/** While something keeps the answer out of reach. @param why as a clause or a sentence */
export function answerOutOfReach(request: ApprovalRequest, why: string): string {
  return (
    `${asked(request)} has been asked, but the operator cannot fetch the answer: ${sentence(why)} ` +
    `${reasons.IdentityProviderNotReady.next} Retried until ${clock(request.status?.deadline)}.`
  )
}

/** While the provider that gave the answer out is away and its keys are needed. @param until when the answer is given up */
export function answerUnverified(request: ApprovalRequest, why: string, until: Date): string {
  return (
    `the answer of ${asked(request)} is there, but cannot be verified yet: ${sentence(why)} ` +
    `${reasons.IdentityProviderNotReady.next} Retried until ${clock(until)}.`
  )
}

/** While another controller may have fetched the answer. @param until when the operator looks for its token */
export function answerHeld(request: ApprovalRequest, heard: ErrorText, until: Date): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  return (
    `${asked(request)} has been asked, but IdentityProvider ${provider} answered ${quoted(heard)} when the operator fetched the answer, and ` +
    `gives none any more. At ${clock(until)} the operator looks whether another controller has stored one; if not, the request ends in TokenLost.`
  )
}

/** For an error that keeps the answer out of reach for now. */
export function answerRefused(request: ApprovalRequest, text: ErrorText): string {
  const { effective, deadline } = request.status ?? {}
  return (
    `${asked(request)} has been asked, but IdentityProvider ${effective?.identityProvider ?? ''} answered ${quoted(text)} to client ` +
    `${effective?.clientID ?? ''} when it fetched the answer. ${reasons.IdentityProviderNotReady.next} Retried until ${clock(deadline)}.`
  )
}

/** @param why what kept the answer out of reach, as a clause: `the provider answered server_error` */
export function expiredUnreachable(request: ApprovalRequest, why: string): string {
  return `the operator could not fetch an answer of ${asked(request)} by ${clock(request.status?.deadline)}, and one that was given has no effect: ${sentence(why)} ${onceFixed(request)}`
}

/** For an answer that the provider gave out and that nobody can read. @param detail what came, such as `HTTP 200 without access_token` */
export function unreadableAnswer(request: ApprovalRequest, detail: string): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  return (
    `IdentityProvider ${provider} answered ${detail} when the operator fetched the answer of ${asked(request)}. A provider answers so ` +
    `once the request is approved, and only once; RFC 6749 §5.1 requires a JSON object with access_token. This approval cannot be read ` +
    `and does not count. ${nextStep('MalformedResponse', request)}`
  )
}
