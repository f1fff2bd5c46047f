/** The approval that a verified answer amounts to, and what of it is sealed. */
import type { ApprovalRequest, ApprovalRequestStatus, Decision, EffectiveTerms } from '../../api/objects.ts'
import { tokenSecretName } from '../../api/names.ts'
import { later, secondsAfter, secondsBetween, timestamp } from '../duration.ts'
import { deliversToken } from './delivery.ts'
import type { Approval } from '../request/outcome.ts'
import type { Settings } from '../request/observed.ts'
import { tokenSeconds } from './token-lifetime.ts'
import type { Answer, Granted, VerifiedApprover } from './verification.ts'

/** An answer that was verified and accepted, and what its token may be used for. */
export type Verified = {
  readonly approver: VerifiedApprover
  /** Everyone whose approval counts, where several people were asked. */
  readonly approvers?: readonly VerifiedApprover[] | undefined
  readonly granted?: Granted | undefined
  /** Scopes that were requested and not granted. */
  readonly missingScopes?: readonly string[]
  readonly answer: Answer
  readonly terms: EffectiveTerms
}

/** What the decision's seal says: the decision without it, and until when the approval is good. */
export type SealedFacts = Omit<Decision, 'seal'> & { readonly validUntil: string }

/** An approval ages even where no token is delivered. */
export function factsOf(
  { spec }: ApprovalRequest,
  { approver, approvers, granted, answer, terms }: Verified,
  { approvalSeconds }: Pick<Settings, 'approvalSeconds'>,
): SealedFacts {
  const lifeSeconds = terms.tokenMaxLifetimeSeconds ?? approvalSeconds
  const parameters = spec.parameters && (granted?.parameters ?? spec.parameters)
  return {
    ...(approvers !== undefined && { prompt: answer.prompt.id }),
    approvers: approvers ?? [approver],
    decidedAt: timestamp(answer.receivedAt),
    ...answeredAfterOf(answer),
    ...(parameters !== undefined && { parameters }),
    ...(granted !== undefined && { authorizationDetails: [granted.detail] }),
    validUntil: timestamp(secondsAfter(answer.receivedAt, lifeSeconds)),
  }
}

/** What is known of when the person answered, where the operator learned of it so late that `decidedAt` does not say it. */
export function answeredAfterOf({ prompt, pendingAt, receivedAt }: Answer): Pick<Decision, 'answeredAfter'> {
  const after = later(new Date(prompt.sentAt ?? 0), pendingAt ?? new Date(0))
  return secondsBetween(after, receivedAt) > timelySeconds ? { answeredAfter: timestamp(after) } : {}
}

/** Sentences name minutes. */
const timelySeconds = 60

/** What the seal in this status must say; undefined if it holds no whole approval. */
export function factsIn({
  decision,
  validUntil,
}: ApprovalRequestStatus): Readonly<Record<string, unknown>> | undefined {
  if (decision === undefined || validUntil === undefined) return undefined
  const facts = Object.entries(decision).filter(([name]) => name !== 'seal')
  return { ...Object.fromEntries(facts), validUntil }
}

/** What is written to status of the approval: the sealed facts with their seal, and where the token is. */
export function approvalOf(
  request: ApprovalRequest,
  { validUntil, ...facts }: SealedFacts,
  {
    seal,
    answer,
    missingScopes = [],
  }: { readonly seal: string } & Pick<Verified, 'answer' | 'missingScopes'>,
): Approval {
  return {
    decision: { ...facts, seal },
    validUntil,
    ...(missingScopes.length > 0 && { missingScopes }),
    ...(deliversToken(request) && {
      tokenExpiresAt: timestamp(tokenEndOf(answer)),
      secretName: tokenSecretName(request.metadata.name),
    }),
  }
}

/** Verified before: it is known how long the token lives. A fraction of a second is not exact, and its milliseconds are. */
function tokenEndOf({ response, receivedAt }: Answer): Date {
  const seconds = tokenSeconds(response, receivedAt) ?? 0
  return new Date(receivedAt.getTime() + Math.round(seconds * 1000))
}
