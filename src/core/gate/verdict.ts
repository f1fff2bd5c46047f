/**
 * What a gate answers about a request, whichever tool asks. An approval needs a proof: the decision's seal, opened for this answer.
 */
import canonicalize from 'canonicalize'
import type { ApprovalRequest, Decision } from '../../api/objects.ts'
import { secondsAfter, secondsBetween, secondsOf, timestamp } from '../duration.ts'
import { answerTime } from '../answer/answer-time.ts'
import { factsIn } from '../answer/approval.ts'
import { summaryOf } from '../request/conditions.ts'
import type { Unsealed } from '../ports/sealing.ts'

/** The answer to a delivery tool, as its JSON. */
export type Verdict = {
  readonly decision: 'pending' | 'holding' | 'approved' | 'denied' | 'expired' | 'failed' | 'cancelled'
  readonly request?: string
  readonly approver?: string
  readonly reason?: string
  readonly notBefore?: string
}

/** The parameter that lets an approved action wait, counted from the decision. */
export const waitParameter = 'wait'

/** What a verdict is found from. */
export type Judged = {
  /** The request as it would be made now. */
  readonly wanted: ApprovalRequest
  /** The one that has its name. */
  readonly found: ApprovalRequest
  /** The decision's seal, opened. */
  readonly proof: Unsealed
  readonly now: Date
}

/** `approved` only if the request is the one that is wanted and its decision carries the operator's seal. */
export function verdictOf({ wanted, found, proof, now }: Judged): Verdict {
  const request = found.metadata.name
  if (canonicalize(found.spec) !== canonicalize(wanted.spec))
    return { decision: 'failed', request, reason: otherQuestion(wanted, found) }
  const summary = summaryOf(found)
  const reason =
    summary === undefined ? 'the request is being created' : `${summary.reason}: ${summary.message}`
  const outcome = found.status?.outcome
  // Deleting withdraws: what was asked, and what was approved and is not used yet.
  if (found.metadata.deletionTimestamp !== undefined && (outcome === undefined || outcome === 'Approved'))
    return { decision: 'cancelled', request, reason: beingDeleted(request) }
  switch (outcome) {
    case undefined:
      return { decision: 'pending', request, reason }
    case 'Denied':
      return { decision: 'denied', request, reason }
    case 'Expired':
      return { decision: 'expired', request, reason }
    case 'Withdrawn':
      return { decision: 'cancelled', request, reason }
    case 'Failed':
      return { decision: 'failed', request, reason }
    case 'Approved':
      return { request, ...approvedVerdict(found, proof, now) }
  }
}

function beingDeleted(name: string): string {
  return `somebody deletes ApprovalRequest ${name}, which withdraws it; retry the Rollout to ask again`
}

function otherQuestion({ spec: wanted }: ApprovalRequest, { metadata, spec }: ApprovalRequest): string {
  const fields = Object.keys({ ...wanted, ...spec }) as (keyof typeof spec)[]
  const differing = fields.filter((field) => canonicalize(wanted[field]) !== canonicalize(spec[field]))
  return `ApprovalRequest ${metadata.name} is there already and asks something else (spec.${differing.join(', spec.')}); delete it and retry the rollout`
}

function approvedVerdict(found: ApprovalRequest, proof: Unsealed, now: Date): Verdict {
  const decision = found.status?.decision
  if (decision === undefined || !isSealed(found, proof))
    return {
      decision: 'failed',
      reason: `the decision in ApprovalRequest ${found.metadata.name} does not carry the operator's seal; ask again`,
    }
  const approver = decision.approvers.map(({ name }) => name).join(', ')
  const notBefore = notBeforeOf(decision)
  const waits = notBefore > new Date(decision.decidedAt)
  const said = { approver, ...(waits && { notBefore: timestamp(notBefore) }) }
  if (now < notBefore) return { ...said, decision: 'holding', reason: 'approved, with a wait' }
  // An approval lives as long as it was given for, counted from when it may be acted on.
  const lifeSeconds = secondsBetween(decision.decidedAt, found.status?.validUntil ?? decision.decidedAt)
  const until = secondsAfter(notBefore, lifeSeconds)
  if (now >= until)
    return { ...said, decision: 'expired', reason: `approved, but only until ${timestamp(until)}` }
  return { ...said, decision: 'approved', reason: `approved by ${approver} ${answerTime(decision)}` }
}

/** From when on what was approved may be done. */
export function notBeforeOf({ decidedAt, parameters }: Decision): Date {
  return secondsAfter(decidedAt, secondsOf(parameters?.[waitParameter] ?? ''))
}

/** A seal opens for one request and one prompt only; it must say what status says. */
export function isSealed({ status }: ApprovalRequest, proof: Unsealed): boolean {
  const facts = status?.outcome === 'Approved' ? factsIn(status) : undefined
  if (facts === undefined || proof.kind !== 'Opened') return false
  return canonicalize(proof.payload) === canonicalize(facts)
}
