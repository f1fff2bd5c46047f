/** When a gate's request need not be answered any more, and when it was not waited for. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { stepIndexLabel } from '../../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../../api/objects.ts'
import type { Withdrawal } from '../../ports/subjects.ts'
import { runBehind } from './gone-run.ts'
import { gateKeyOf } from './question.ts'
import { isObserved } from './run.ts'

/** What is known about the subject of a request: the objects of the names that the request's own are. */
export type Subject = {
  readonly rollout: Rollout | undefined
  readonly run: AnalysisRun | undefined
}

/** Undefined while somebody still waits for the answer, and for a request that is no gate's. */
export function withdrawalOf(request: ApprovalRequest, { rollout, run }: Subject): Withdrawal | undefined {
  const key = gateKeyOf(request)
  if (key === undefined) return undefined
  const name = `Rollout ${request.spec.target.name}`
  if (rollout?.metadata.uid !== key.rolloutUid) return withdrawn(`${name} is gone`)
  if (rollout.metadata.deletionTimestamp !== undefined) return withdrawn(`${name} is being deleted`)
  if (rollout.status?.abort === true) return withdrawn(`${name} was aborted`)
  if (!isObserved(rollout)) return undefined
  const hash = rollout.status?.currentPodHash
  if (hash !== key.podTemplateHash)
    return { reason: 'Superseded', message: `${name} has moved on to revision ${hash ?? ''}.` }
  // A run that succeeded may be deleted at once; where the Rollout is then tells that it was passed.
  if (hasPassed(rollout, run?.metadata.uid === key.runUid ? run : runBehind(request)))
    return bypassed(`${name} was promoted without an answer`)
  if (run?.metadata.uid !== key.runUid) return withdrawn(`the AnalysisRun of ${name} that asked is gone`)
  const phase = run.status?.phase ?? ''
  if (phase === 'Successful')
    return bypassed(`AnalysisRun ${run.metadata.name} was ended as successful without an answer`)
  if (['Failed', 'Error', 'Inconclusive'].includes(phase))
    return withdrawn(`AnalysisRun ${run.metadata.name} has ended as ${phase}`)
  return undefined
}

/** The Rollout has left behind what this run was to hold. */
export function hasPassed({ status }: Rollout, run: AnalysisRun): boolean {
  if (status?.promoteFull === true || status?.stableRS === status?.currentPodHash) return true
  const step = run.metadata.labels?.[stepIndexLabel]
  if (step !== undefined) return (status?.currentStepIndex ?? 0) > Number(step)
  const { activeSelector, prePromotionAnalysisRunStatus } = status?.blueGreen ?? {}
  return (
    prePromotionAnalysisRunStatus?.name === run.metadata.name && activeSelector === status?.currentPodHash
  )
}

function withdrawn(message: string): Withdrawal {
  return { reason: 'Withdrawn', message: `${message}.` }
}

function bypassed(message: string): Withdrawal {
  return { reason: 'GateBypassed', message: `${message}.` }
}
