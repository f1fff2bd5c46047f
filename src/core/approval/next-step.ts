/** What to do after a request has ended, in the words of the reader who can do it. Pure. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { askAgain, isWaiting, reasons, type Reason } from '../../api/reasons.ts'

const retryRollout = 'To ask again: retry the Rollout.'

/** The next step of a reason. A gate's request belongs to a Rollout: replacing it with kubectl would not ask again. */
export function nextStep(reason: Reason, request: ApprovalRequest): string {
  const { next } = reasons[reason]
  return isAskedByGate(request) ? next.replace(askAgain, retryRollout) : next
}

/**
 * What a waiting message says without its outlook: neither what would happen if it went on waiting nor the next step of a
 * request that is still open.
 */
export function causeIn(reason: string, message: string): string {
  const [cause = ''] = message.split(/ Retried until \S+ UTC\./)
  const known = Object.hasOwn(reasons, reason) ? (reason as Reason) : undefined
  const next = known !== undefined && isWaiting(known) ? reasons[known].next : ''
  return next !== '' && cause.endsWith(` ${next}`) ? cause.slice(0, -next.length - 1) : cause
}

/** By the parameters that only a gate has a use for; it decides about words alone. */
function isAskedByGate({ spec }: ApprovalRequest): boolean {
  const { gate, analysisRunUID } = spec.parameters ?? {}
  return spec.target.kind === 'Rollout' && gate !== undefined && analysisRunUID !== undefined
}
