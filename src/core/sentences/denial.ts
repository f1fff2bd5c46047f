/** What is said of a denial: it is an answer, and nobody is invited to ask the same again. */
import type { ApprovalPolicy, ApprovalRequest } from '../../api/objects.ts'
import { durationOf, secondsAfter } from '../duration.ts'
import { limitsOf } from '../limits/policy-limits.ts'
import { asked, clock } from './messages.ts'
import { nextStep } from './next-step.ts'
import { inItsWords } from './punctuation.ts'

/** `description`: what the provider says of the denial, fit to be quoted; often it is the approver's reason. */
type Said = { readonly now: Date; readonly description?: string | undefined }

/** @param policies what there is now: the one that was asked under says how long its requester pauses */
export function denied(
  request: ApprovalRequest,
  policies: readonly ApprovalPolicy[],
  { now, description }: Said,
): string {
  const said = `${asked(request)} denied the request at ${clock(now)}${inItsWords(description)}. ${nextStep('AccessDenied', request)}`
  return `${said}${pauseAfter(request, policies, now)}`
}

/** For a provider that says the same of both, once nobody could answer any more. */
export function deniedOrExpired(
  request: ApprovalRequest,
  policies: readonly ApprovalPolicy[],
  { now, description }: Said,
): string {
  const who = asked(request)
  return (
    `${who} denied the request, or did not answer by ${clock(request.status?.deadline)}: the provider does not tell the two apart${inItsWords(description)}. ` +
    `Ask ${who} which it was before you ask again. ${nextStep('RequestExpired', request)}${pauseAfter(request, policies, now)}`
  )
}

function pauseAfter(
  { spec, status }: ApprovalRequest,
  policies: readonly ApprovalPolicy[],
  now: Date,
): string {
  const policy = policies.find(({ metadata }) => metadata.name === status?.effective?.policy)
  if (policy === undefined) return ''
  const { pauseSeconds, policy: name } = limitsOf(policy)
  if (pauseSeconds === 0) return ''
  const { kind, name: target } = spec.target
  const until = clock(secondsAfter(now, pauseSeconds))
  return ` Requests of this requester about ${kind} ${target} wait until ${until} in any case (policy ${name}, limits.pauseAfterRefusal: ${durationOf(pauseSeconds)}).`
}
