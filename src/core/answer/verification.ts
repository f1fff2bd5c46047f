/**
 * Is this token response the answer of the person that was asked, to what was asked? Judged by the terms fixed at W1; the
 * ID token's signature, issuer, audience and times have been checked before (design: verify).
 */
import type { ApprovalRequest, Decision, EffectiveTerms, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { isActionScope } from '../action/action-scopes.ts'
import { approverOf } from '../prompt/prompt.ts'
import type { IdTokenClaims, TokenResponse } from '../ports/redeeming.ts'
import { clockToleranceSeconds, secondsAfter, timestamp } from '../duration.ts'
import { isPerson, isRequester } from '../policy/requester.ts'
import { hasValue, shown } from '../provider/names.ts'
import { grantOf } from '../action/authorization-details.ts'
import type { Grant } from '../action/authorization-details.ts'
import { digestOf } from '../../api/digest.ts'
import { approvalsNeeded } from '../tally/answers.ts'
import { exclusionOf, namesIn } from './exclusion.ts'
import { isMoment, weaknessOf } from './strength.ts'
import { lifetimeProblem } from './token-lifetime.ts'

/** A token response with its ID token's claims, and when it came. */
export type Answer = {
  readonly response: TokenResponse
  readonly claims: IdTokenClaims
  readonly receivedAt: Date
  /** When the provider last said that there was no answer; it is not known after a restart. */
  readonly pendingAt?: Date | undefined
  /** The prompt that it answers. */
  readonly prompt: Prompt
}
/** The approver as the ID token names her: name, subject, and how she proved who she is. */
export type VerifiedApprover = Decision['approvers'][number]
/** What was granted as `authorization_details`. */
export type Granted = Extract<Grant, { kind: 'Granted' }>

/** Why an answer is refused. */
export type Refusal = Extract<FinalReason, 'TokenRejected' | 'ApproverMismatch' | 'AuthenticationTooWeak'>

/** Accepted, with what was verified; or rejected, with a sentence that holds no token. */
export type Judgement =
  | {
      readonly kind: 'Accepted'
      readonly approver: VerifiedApprover
      /** Where the provider was asked to grant authorization_details. */
      readonly granted?: Granted
      /** Scopes that the request asked for and that were not granted. */
      readonly missingScopes?: readonly string[]
    }
  | {
      readonly kind: 'Rejected'
      readonly reason: Refusal
      readonly message: string
    }

type Clause = (request: ApprovalRequest, terms: EffectiveTerms, answer: Answer) => Judgement | undefined

/** The first clause that fails decides. `terms` are those fixed at W1, whatever the policy says today. */
export function judge(request: ApprovalRequest, terms: EffectiveTerms, answer: Answer): Judgement {
  for (const clause of clauses) {
    const rejected = clause(request, terms, answer)
    if (rejected !== undefined) return rejected
  }
  const grant = grantedBy(request, terms, answer)
  const missingScopes = missingFrom(terms, answer)
  return {
    kind: 'Accepted',
    approver: verifiedApprover(terms, answer.claims),
    ...(grant?.kind === 'Granted' && { granted: grant }),
    ...(missingScopes.length > 0 && { missingScopes }),
  }
}

const clauses: readonly Clause[] = [
  answersThisQuestion,
  isWhoWasAsked,
  isNotTheRequester,
  (_request, terms, { claims }) => refused('ApproverMismatch', exclusionOf(terms, claims)),
  (_request, terms, answer) => refused('AuthenticationTooWeak', weaknessOf(terms, answer)),
  isNotWider,
  isBound,
  isOfUse,
  isWithinWhatMayBeChanged,
  isShortLived,
]

/** `iat` before the prompt would be an answer older than the request; one that is to come is no answer at all. */
function answersThisQuestion(
  _request: ApprovalRequest,
  _terms: EffectiveTerms,
  { claims, prompt, receivedAt }: Answer,
): Judgement | undefined {
  if (claims.iat > secondsAfter(receivedAt, clockToleranceSeconds).getTime() / 1000)
    return rejected('iat: the ID token was issued later than it was received; compare the clocks')
  const { sentAt } = prompt
  if (sentAt !== undefined && claims.iat >= secondsAfter(sentAt, -clockToleranceSeconds).getTime() / 1000)
    return undefined
  return rejected('iat: the ID token is older than the request')
}

function isWhoWasAsked(
  _request: ApprovalRequest,
  terms: EffectiveTerms,
  { claims }: Answer,
): Judgement | undefined {
  const asked = approverOf(terms)
  if (asked === undefined) return mismatch('the terms name nobody who was asked')
  const { claim, comparison, expected, name } = asked
  const received = claims[claim]
  if (!hasValue(received, expected, comparison))
    return mismatch(
      `the ID token's ${claim} is ${shown(received)} and does not name ${name}, who was asked; expected was ${shown(expected)}`,
    )
  if (claim === 'email' && claims.email_verified !== true)
    return mismatch(
      `the ID token's email is ${shown(received)}, which the provider has not verified (email_verified)`,
    )
  return undefined
}

/** By everything that the ID token says of the person, and by what the policy says. */
function isNotTheRequester(
  { spec }: ApprovalRequest,
  terms: EffectiveTerms,
  { claims }: Answer,
): Judgement | undefined {
  const { approvers, kubernetesUsernames: usernames } = terms
  const requester = { username: spec.requester.username, usernames }
  if (usernames !== undefined && isPerson(requester) && typeof claims[usernames.claim] !== 'string')
    return rejected(
      `${usernames.claim}: the ID token lacks it, so whether the requester answered its own request cannot be told (spec.kubernetesUsernames)`,
    )
  const known = [...approvers.map(({ name }) => name), ...namesIn(claims, terms)]
  return isRequester(requester, known) ? mismatch('the requester answered its own request') : undefined
}

/** RFC 6749 §5.1: a response without `scope` grants what was asked. */
function isNotWider(
  _request: ApprovalRequest,
  { scopes, ignoredScopes = [] }: EffectiveTerms,
  { response }: Answer,
): Judgement | undefined {
  const wider = grantedScopes(response)?.find(
    (scope) => !scopes.includes(scope) && !ignoredScopes.includes(scope),
  )
  return wider === undefined
    ? undefined
    : rejected(`scope: more was granted than asked, ${wider.slice(0, 100)}`)
}

/** Where the scopes name the action, a grant without them would be a token for any action. */
function isBound(
  _request: ApprovalRequest,
  { scopes }: EffectiveTerms,
  { response }: Answer,
): Judgement | undefined {
  const granted = grantedScopes(response)
  const missing = scopes.filter(isActionScope).find((scope) => granted?.includes(scope) === false)
  return missing === undefined ? undefined : rejected(`scope: the grant lacks ${missing}`)
}

/** A token without any of the scopes that were requested would open nothing. */
function isOfUse(_request: ApprovalRequest, terms: EffectiveTerms, answer: Answer): Judgement | undefined {
  const requested = requestedIn(terms)
  const missing = missingFrom(terms, answer)
  return requested.length === 0 || missing.length < requested.length
    ? undefined
    : rejected(`scope: nothing that was requested was granted, the grant lacks ${missing.join(', ')}`)
}

/** What the request asks for itself. */
function requestedIn({ scopes }: EffectiveTerms): readonly string[] {
  return scopes.filter((scope) => scope !== 'openid' && !isActionScope(scope))
}

function missingFrom(terms: EffectiveTerms, { response }: Answer): readonly string[] {
  const granted = grantedScopes(response)
  return granted === undefined ? [] : requestedIn(terms).filter((scope) => !granted.includes(scope))
}

/** RFC 9396 §7: as asked, or with other values where the request lets the approver choose. */
function isWithinWhatMayBeChanged(
  request: ApprovalRequest,
  terms: EffectiveTerms,
  answer: Answer,
): Judgement | undefined {
  const grant = grantedBy(request, terms, answer)
  return grant?.kind === 'Refused' ? rejected(`authorization_details: ${grant.message}`) : undefined
}

/** Undefined where none were asked and none granted. */
function grantedBy(request: ApprovalRequest, terms: EffectiveTerms, { response }: Answer): Grant | undefined {
  const { authorizationDetails } = terms
  if (authorizationDetails === 'Supported')
    return grantOf(asOffered(request, terms), response.authorizationDetails)
  if (response.authorizationDetails === undefined) return undefined
  return { kind: 'Refused', message: 'some were granted, although none were asked for' }
}

/** Nobody approves what somebody else has changed: where several approvals are needed, nothing may be. The digest stays the request's. */
function asOffered(request: ApprovalRequest, terms: EffectiveTerms): ApprovalRequest {
  if (approvalsNeeded(terms) === 1 || request.spec.adjustable === undefined) return request
  return { ...request, spec: { ...request.spec, adjustable: [] }, abridged: { digest: digestOf(request) } }
}

function isShortLived(
  { spec }: ApprovalRequest,
  { tokenMaxLifetimeSeconds }: EffectiveTerms,
  { response, receivedAt }: Answer,
): Judgement | undefined {
  if (spec.token?.delivery !== 'Secret') return undefined
  const problem = lifetimeProblem(response, receivedAt, tokenMaxLifetimeSeconds ?? 0)
  return problem === undefined ? undefined : rejected(problem)
}

function grantedScopes({ scope }: TokenResponse): readonly string[] | undefined {
  return scope?.split(' ').filter((item) => item !== '')
}

function verifiedApprover(terms: EffectiveTerms, claims: IdTokenClaims): VerifiedApprover {
  const { acr, amr, auth_time: authTime } = claims
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: approverOf(terms)?.name ?? '',
    ...(typeof acr === 'string' && { acr: acr.slice(0, 255) }),
    ...(Array.isArray(amr) && {
      amr: amr
        .filter((method) => typeof method === 'string')
        .slice(0, 16)
        .map((method) => method.slice(0, 63)),
    }),
    ...(typeof authTime === 'number' &&
      isMoment(authTime) && { authTime: timestamp(new Date(authTime * 1000)) }),
  }
}

/** @param message undefined for an answer that is not refused */
function refused(reason: Refusal, message: string | undefined): Judgement | undefined {
  return message === undefined ? undefined : { kind: 'Rejected', reason, message }
}

function rejected(message: string): Judgement {
  return { kind: 'Rejected', reason: 'TokenRejected', message }
}

function mismatch(message: string): Judgement {
  return { kind: 'Rejected', reason: 'ApproverMismatch', message }
}
