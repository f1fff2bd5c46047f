/** Events on the Rollout, for whoever owns it: the outcome of its request, and that a gate was bypassed. */
import type { ApprovalRequest, KubernetesObject } from '../../api/objects.ts'
import { argoApiVersion } from '../../api/argo-rollouts.ts'
import { gateKeyOf } from '../../core/gate/argo-rollouts/question.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import type { EventRecorder } from '../../core/ports/events.ts'
import { toneOf } from '../approval-request/announce.ts'
import type { Report } from '../approval-request/dependencies.ts'

/** Builds a `Report` that repeats each Event about a gate's request on its Rollout. */
export function tellRollouts(events: EventRecorder): Report {
  return ({ after }) => {
    const regarding = rolloutOf(after)
    const summary = summaryOf(after)
    if (regarding === undefined || summary === undefined) return
    events.recordEvent({
      regarding,
      type: toneOf(after),
      reason: summary.reason,
      action: 'Gate',
      note: `ApprovalRequest ${after.metadata.name}: ${summary.message}`,
    })
  }
}

function rolloutOf(request: ApprovalRequest): KubernetesObject | undefined {
  const key = gateKeyOf(request)
  if (key === undefined) return undefined
  const { namespace = '' } = request.metadata
  const metadata = { namespace, name: request.spec.target.name, uid: key.rolloutUid }
  return { apiVersion: argoApiVersion, kind: 'Rollout', metadata }
}
