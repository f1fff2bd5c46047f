/**
 * From a token response to an approval: verify → W3. Nothing here asks the provider for anything that it grants
 * only once, so it is done again, from memory, as often as keys or API server are out of reach.
 */
import type { ApprovalRequest } from '../../../api/objects.ts'
import { approvalOf, factsOf } from '../../../core/answer/approval.ts'
import type { Verified } from '../../../core/answer/approval.ts'
import { deliversToken } from '../../../core/answer/delivery.ts'
import { answerUnverified } from '../../../core/sentences/fetching-messages.ts'
import * as say from '../../../core/sentences/messages.ts'
import type { ActionOutcome, Approval } from '../../../core/request/outcome.ts'
import { isShared } from '../../../core/request/part.ts'
import { deadlineOf } from '../../../core/request/step.ts'
import type { Pending } from '../../../core/request/step.ts'
import { lastAnswerSeconds } from '../../../core/prompt/polling.ts'
import { bindingOf, tokenSealOf, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { tokenSeconds } from '../../../core/answer/token-lifetime.ts'
import { blocked } from '../../../core/policy/selection.ts'
import { judge } from '../../../core/answer/verification.ts'
import { later, secondsAfter, secondsBetween, timestamp } from '../../../core/duration.ts'
import type { ProviderConnection } from '../../../core/ports/provider.ts'
import type { IdTokenVerification, TokenResponse } from '../../../core/ports/redeeming.ts'
import { keyOf } from '../../../core/object-key.ts'
import type { Dependencies } from '../dependencies.ts'
import { findToken } from './find-token.ts'
import { approversWith, sealedAnswer } from './join-answers.ts'
import { secretRefused, secretTaken, tokenUnstored } from '../../../core/sentences/token-messages.ts'

/** A token response, the prompt that it answers, and when it came. */
export type Redeemed = {
  readonly pending: Pending
  readonly response: TokenResponse
  readonly receivedAt: Date
}

/** What verifying and storing take besides a connection. */
export type Delivering = Pick<
  Dependencies,
  'clock' | 'failpoints' | 'ownership' | 'sealer' | 'secrets' | 'settings'
>

/** Verifies the ID token, checks it against the terms, and stores the token (W3). A token that is not accepted is revoked. */
export async function deliver(
  dependencies: Delivering,
  request: ApprovalRequest,
  redeemed: Redeemed & { readonly connection: ProviderConnection },
): Promise<ActionOutcome> {
  const { connection, pending, response, receivedAt } = redeemed
  const verification =
    refusalOf(response) ?? (await connection.verifyIdToken(response, pending.terms.algorithms ?? []))
  switch (verification.kind) {
    case 'NotYet':
      return unverified(dependencies, request, { ...redeemed, ...verification })
    case 'Rejected':
      await connection.revoke(response.accessToken)
      return {
        kind: 'Refused',
        reason: 'TokenRejected',
        message: say.rejected(request, 'TokenRejected', `${verification.clause}: ${verification.message}`),
      }
    case 'Verified': {
      const { prompt, pendingAt } = pending
      const answer = { response, claims: verification.claims, receivedAt, prompt, pendingAt }
      const judgement = judge(request, pending.terms, answer)
      if (judgement.kind === 'Accepted') {
        const verified = { ...judgement, answer, terms: pending.terms }
        return isShared(pending.terms)
          ? join(dependencies, request, { ...redeemed, verified })
          : accept(dependencies, request, { ...redeemed, verified })
      }
      await connection.revoke(response.accessToken)
      const { reason, message } = judgement
      return { kind: 'Refused', reason, message: say.rejected(request, reason, message) }
    }
  }
}

function refusalOf({ malformed }: TokenResponse): IdTokenVerification | undefined {
  return malformed && { kind: 'Rejected', clause: malformed.member, message: malformed.message }
}

type NotYet = Redeemed & { readonly connection: ProviderConnection } & Pick<
    Extract<IdTokenVerification, { kind: 'NotYet' }>,
    'clause' | 'message'
  >

/** Kept until the token has expired or nobody waits for the answer any more: half a minute past the deadline, if it came so late. */
async function unverified(
  dependencies: Pick<Dependencies, 'clock' | 'settings'>,
  request: ApprovalRequest,
  { response, receivedAt, connection, clause, message }: NotYet,
): Promise<ActionOutcome> {
  const until = usableUntil(dependencies, request, { response, receivedAt })
  if (dependencies.clock.now() < until) {
    const said = blocked('IdentityProviderNotReady', answerUnverified(request, message, until))
    return { kind: 'Undelivered', response, receivedAt, unverified: said }
  }
  await connection.revoke(response.accessToken)
  const why = say.rejected(request, 'TokenRejected', `${clause}: ${message}`)
  return { kind: 'Refused', reason: 'TokenRejected', message: why, isLocal: true }
}

/** Until when it is of use to verify an answer. */
export function usableUntil(
  { settings }: Pick<Dependencies, 'settings'>,
  request: ApprovalRequest,
  { response, receivedAt }: Pick<Redeemed, 'response' | 'receivedAt'>,
): Date {
  const lastUse = later(deadlineOf(request, settings), secondsAfter(receivedAt, lastAnswerSeconds))
  const left = secondsBetween(receivedAt, lastUse)
  const seconds = Math.min(tokenSeconds(response, receivedAt) ?? settings.approvalSeconds, left)
  return secondsAfter(receivedAt, seconds)
}

type Accepted = Redeemed & { readonly connection: ProviderConnection; readonly verified: Verified }

async function accept(
  dependencies: Delivering,
  request: ApprovalRequest,
  accepted: Accepted,
): Promise<ActionOutcome> {
  const approval = await sealedApproval(dependencies, request, accepted.verified)
  if (deliversToken(request)) return storeToken(dependencies, request, { ...accepted, approval })
  await accepted.connection.revoke(accepted.response.accessToken)
  return { kind: 'Approved', approval }
}

/** One of several approvals. */
async function join(
  dependencies: Delivering,
  request: ApprovalRequest,
  accepted: Accepted,
): Promise<ActionOutcome> {
  const { verified, response, receivedAt, pending } = accepted
  const { approvers, unproven } = await approversWith(dependencies, request, {
    ...{ verified, others: pending.others ?? [] },
  })
  if (approvers !== undefined)
    return accept(dependencies, request, { ...accepted, verified: { ...verified, approvers } })
  const lifeSeconds = tokenSeconds(response, receivedAt) ?? dependencies.settings.approvalSeconds
  return {
    ...{ kind: 'Answered', response, receivedAt, unproven },
    answer: await sealedAnswer(dependencies, request, verified),
    tokenValidUntil: secondsAfter(receivedAt, lifeSeconds),
  }
}

async function sealedApproval(
  { sealer, settings }: Pick<Dependencies, 'sealer' | 'settings'>,
  request: ApprovalRequest,
  verified: Verified,
): Promise<Approval> {
  const facts = factsOf(request, verified, settings)
  const seal = await sealer.seal(bindingOf(request, verified.answer.prompt, 'decision'), facts)
  return approvalOf(request, facts, { ...verified, seal })
}

/** W3. A Secret that exists already counts only if its seal says that it is this request's. */
async function storeToken(
  dependencies: Delivering,
  request: ApprovalRequest,
  accepted: Accepted & { readonly approval: Approval },
): Promise<ActionOutcome> {
  const { sealer, secrets, failpoints, ownership, settings } = dependencies
  const { approval, response, connection } = accepted
  const seal = await sealer.seal(
    bindingOf(request, accepted.pending.prompt, 'token'),
    tokenSealOf(request, response, approval),
  )
  const secret = tokenSecretOf(request, settings.tokenSecretLabels, {
    response,
    seal,
    expiresAt: approval.tokenExpiresAt ?? timestamp(accepted.receivedAt),
  })
  await failpoints.hit('before:W3')
  // Whoever leads by now may have said already that the token is lost.
  if (!ownership.owns(keyOf(request))) {
    await connection.revoke(response.accessToken)
    return { kind: 'Refused', reason: 'TokenLost', message: say.tokenDropped(request) }
  }
  const created = await secrets.create(secret)
  await failpoints.hit('after:W3')
  if (created.kind === 'Applied') return { kind: 'Approved', approval }
  if (created.kind === 'Refused') {
    const why = secretRefused(secret.metadata.name, created.message)
    const outcome = await undelivered(dependencies, accepted, say.tokenExpired(request, why))
    return outcome.kind === 'Undelivered'
      ? { ...outcome, blocked: blocked('SecretConflict', tokenUnstored(request, why)) }
      : outcome
  }
  const { prompt, others = [] } = accepted.pending
  const found = await findToken(dependencies, request, [prompt, ...others])
  // Another of several approvals may have decided in the same instant.
  if (found?.prompt !== prompt) await connection.revoke(response.accessToken)
  if (found !== undefined) return { kind: 'Approved', approval: found.approval }
  return {
    kind: 'Refused',
    reason: 'SecretConflict',
    message: secretTaken(request, secret.metadata.name),
  }
}

type Undelivered = Redeemed & { readonly connection: ProviderConnection | undefined }

/** Kept in memory until it can be delivered, or until it has expired; then it ends as `message` says. */
export async function undelivered(
  { clock, settings }: Pick<Dependencies, 'clock' | 'settings'>,
  { response, receivedAt, connection }: Undelivered,
  message: string,
): Promise<ActionOutcome> {
  const age = secondsBetween(receivedAt, clock.now())
  if (age < (tokenSeconds(response, receivedAt) ?? settings.approvalSeconds))
    return { kind: 'Undelivered', response, receivedAt }
  await connection?.revoke(response.accessToken)
  return { kind: 'Refused', reason: 'TokenLost', message, isLocal: true }
}
