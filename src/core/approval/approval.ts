/** The approval that a verified answer amounts to. */
import type { ApprovalRequest, Decision, EffectiveTerms } from '../../api/objects.ts'
import { tokenSecretName } from '../../api/names.ts'
import { secondsAfter, timestamp } from '../duration.ts'
import { deliversToken } from './delivery.ts'
import type { Approval } from './outcome.ts'
import type { Settings } from './stage.ts'
import type { Answer, VerifiedApprover } from './verification.ts'

export type Verified = {
  readonly approver: VerifiedApprover
  readonly answer: Answer
  readonly terms: EffectiveTerms
}

/** The decision without its seal. */
export function decisionOf(
  { spec }: ApprovalRequest,
  { approver, answer }: Verified,
): Omit<Decision, 'seal'> {
  return {
    approvers: [approver],
    decidedAt: timestamp(answer.receivedAt),
    ...(spec.parameters !== undefined && { parameters: spec.parameters }),
  }
}

/** An approval ages even where no token is delivered. */
export function approvalOf(
  request: ApprovalRequest,
  { answer, terms }: Verified,
  { decision, settings }: { readonly decision: Decision; readonly settings: Settings },
): Approval {
  const validUntil = secondsAfter(
    answer.receivedAt,
    terms.tokenMaxLifetimeSeconds ?? settings.approvalSeconds,
  )
  return {
    decision,
    validUntil: timestamp(validUntil),
    ...(deliversToken(request) && {
      tokenExpiresAt: timestamp(secondsAfter(answer.receivedAt, answer.response.expiresInSeconds ?? 0)),
      secretName: tokenSecretName(request.metadata.name),
    }),
  }
}
