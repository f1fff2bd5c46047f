/** What to do after a request has ended, in the words of the reader who can do it. Pure. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { howToAskAgain, howToAskDifferently } from '../../api/reason-words.ts'
import { reasons } from '../../api/reasons.ts'
import type { Reason } from '../../api/reasons.ts'

const retryRollout = 'retry the Rollout'
const changeRollout = 'change the Rollout: each revision is a request of its own'

/** The next step of a reason. A gate's request belongs to a Rollout: replacing it with kubectl would not ask again. */
export function nextStep(reason: Reason, request: ApprovalRequest): string {
  const { next } = reasons[reason]
  return isAskedByGate(request)
    ? next.replace(howToAskAgain, retryRollout).replace(howToAskDifferently, changeRollout)
    : next
}

/** How to ask again after a request has ended that waited for `reason`: once that is fixed, if someone has to fix it. */
export function askAgainStep(reason: string, request: ApprovalRequest): string {
  const how = isAskedByGate(request) ? retryRollout : howToAskAgain
  return needsNoFix.includes(reason) ? `To ask again: ${how}.` : `Once that is fixed, ask again: ${how}.`
}

/** The same where a waiting message has said from when on its turn can come, and that this was too late for the request. */
export function askAgainAfter(message: string, reason: string, request: ApprovalRequest): string {
  const step = askAgainStep(reason, request)
  const from = tooLate.exec(message)?.[1]
  return from === undefined ? step : step.replace('To ask again:', `To ask again, from ${from} on:`)
}

const tooLate = /before its turn can come\. Ask again from (\S+ UTC) on\./

/** What passes without anybody's doing. */
const needsNoFix: readonly string[] = ['Throttled', 'Prompting', 'AuthorizationPending'] satisfies Reason[]

/** A final message in two: what happened, and what to do next, which is not true of one prompt while others are open. */
export function splitNextStep(
  message: string,
  request: ApprovalRequest,
): readonly [what: string, next: string] {
  const steps = [
    ...finalReasons.map((reason) => nextStep(reason, request)),
    ...['', 'Throttled'].map((reason) => askAgainStep(reason, request)),
    fixThat,
  ]
  const starts = steps.map((step) => message.indexOf(step)).filter((start) => start > 0)
  const start = Math.min(message.length, ...starts)
  return [message.slice(0, start).trimEnd(), message.slice(start)]
}

/** Where something outside of the operator must be put right first, and the message has named it. */
export function onceFixed(request: ApprovalRequest): string {
  return `${fixThat} ${askAgainStep('IdentityProviderNotReady', request)}`
}

const fixThat = 'Ask a platform engineer to fix that.'

const finalReasons = (Object.keys(reasons) as Reason[]).filter(
  (reason) => reasons[reason].stands !== 'Waiting',
)

/** What a waiting message says without its outlook, which is not true any more of a request that has ended. */
export function causeIn(message: string): string {
  const [cause = ''] = message.split(outlook)
  return cause.endsWith(resumes) ? `${cause.slice(0, -resumes.length)}.` : cause
}

/** Where a waiting message begins to say when its request is asked, and until when. */
const outlook = / (?:Retried until \S+ UTC\.|This request is asked |The oldest request is asked first)/

const resumes = '; the request resumes automatically.'

/** Whether a gate made the request, by the parameters that only a gate has a use for; it decides about words alone. */
export function isAskedByGate({ spec }: ApprovalRequest): boolean {
  const { gate, analysisRunUID } = spec.parameters ?? {}
  return spec.target.kind === 'Rollout' && gate !== undefined && analysisRunUID !== undefined
}
