/** Reports the outcome of a request to people: an Event for each transition except the intent to send a prompt, and one audit line for each final answer. */
import type { ApprovalRequest, Condition, Prompt } from '../../api/objects.ts'
import type { WaitingReason } from '../../api/reasons.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import { auditLineOf, environmentOf } from '../../core/action/rendering.ts'
import { promptOf } from '../../core/prompt/prompt.ts'
import type { EventRecorder, ObjectEvent } from '../../core/ports/events.ts'
import type { Log } from '../../core/ports/surroundings.ts'
import type { Report } from './dependencies.ts'

/** Builds a `Report` that writes Events and log lines; it says what the condition `Complete` says. */
export function announceWith({ events, log }: { readonly events: EventRecorder; readonly log: Log }): Report {
  return ({ before, after }) => {
    const summary = summaryOf(after)
    if (summary === undefined) return
    if (!isIntent(before, after) && !isOfPolicies(before, after))
      events.recordEvent({
        regarding: after,
        type: toneOf(after),
        reason: summary.reason,
        action: 'Reconcile',
        note: summary.message,
        condition: summary.type,
      })
    log.info('request changed', fieldsOf(after, summary))
    if (after.status?.outcome !== undefined) log.info('audit', auditOf(after, summary))
  }
}

/** W1: a prompt is about to be sent. What comes of it is written and announced right after. */
function isIntent(before: ApprovalRequest, after: ApprovalRequest): boolean {
  if (summaryOf(after)?.reason !== 'Prompting') return false
  const isNew = ({ id, attempt }: Prompt): boolean => promptOf(before, id)?.attempt !== attempt
  return after.status?.prompts?.some(isNew) === true
}

/**
 * The same as before in another sentence, since the policies around it have changed: the condition says it. Each edit of a policy would be
 * an Event about every request that no policy, or more than one, decides.
 */
function isOfPolicies(before: ApprovalRequest, after: ApprovalRequest): boolean {
  const reason = summaryOf(after)?.reason ?? ''
  return aboutPolicies.includes(reason) && summaryOf(before)?.reason === reason
}

const aboutPolicies: readonly string[] = [
  'NoMatchingPolicy',
  'AmbiguousPolicy',
] satisfies readonly WaitingReason[]

/** The type of an Event about a request: `Warning` for what people should look at. */
export function toneOf(request: ApprovalRequest): ObjectEvent['type'] {
  return isGoodNews(request) ? 'Normal' : 'Warning'
}

function isGoodNews({ status }: ApprovalRequest): boolean {
  const reason = status?.conditions?.[0]?.reason
  if (status?.outcome === 'Withdrawn') return reason !== 'GateBypassed'
  return status?.outcome === 'Approved' || reason === 'Prompting' || reason === 'AuthorizationPending'
}

function fieldsOf(
  { metadata, status }: ApprovalRequest,
  { reason, message }: Condition,
): Readonly<Record<string, unknown>> {
  return {
    namespace: metadata.namespace,
    request: metadata.name,
    uid: metadata.uid,
    outcome: status?.outcome,
    reason,
    detail: message,
  }
}

/** The record that an auditor asks for. */
function auditOf(request: ApprovalRequest, summary: Condition): Readonly<Record<string, unknown>> {
  const { spec, status } = request
  return {
    ...fieldsOf(request, summary),
    sentence: auditLineOf(request, summary),
    requester: spec.requester.username,
    action: spec.action,
    target: spec.target,
    environment: environmentOf(request),
    approvers: status?.decision?.approvers,
    parameters: status?.decision?.parameters,
    decidedAt: status?.decision?.decidedAt ?? summary.lastTransitionTime,
    digest: status?.digest,
    policy: status?.effective?.policy,
  }
}
