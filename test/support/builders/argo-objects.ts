/** What tests look at in the objects of Argo Rollouts. */
import type { KubernetesObject } from '../../../src/api/objects.ts'

export type Rollout = KubernetesObject & {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } }
  }
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly abort?: boolean
    readonly observedGeneration?: string
    readonly currentPodHash?: string
    readonly stableRS?: string
    readonly currentStepIndex?: number
    readonly pauseConditions?: readonly { readonly reason: string }[]
    readonly blueGreen?: { readonly activeSelector?: string; readonly previewSelector?: string }
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason: string
    }[]
  }
}

export type AnalysisRun = KubernetesObject & {
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly completedAt?: string
    readonly metricResults?: readonly {
      readonly name: string
      readonly phase: string
      readonly count?: number
      readonly inconclusive?: number
      readonly error?: number
      readonly measurements?: readonly Measurement[]
    }[]
  }
}

export type Measurement = { readonly phase: string; readonly value?: string; readonly message?: string }

/** Newest last. */
export function measurementsOf({ status }: AnalysisRun): readonly Measurement[] {
  return status?.metricResults?.[0]?.measurements ?? []
}

/** All Pods are of this version, and the Rollout is at rest. */
export function isPromotedTo(version: string): (rollout: Rollout) => boolean {
  return ({ metadata, spec, status }) =>
    spec.template.spec.containers.every(({ image }) => image.endsWith(`:${version}`)) &&
    status?.phase === 'Healthy' &&
    status.observedGeneration === String(metadata.generation) &&
    status.stableRS === status.currentPodHash
}

export function isAborted({ status }: Rollout): boolean {
  return status?.abort === true && status.phase === 'Degraded'
}

/** By the controller, because an analysis ended without an answer. */
export function isPaused({ status }: Rollout): boolean {
  const reasons = status?.pauseConditions?.map(({ reason }) => reason) ?? []
  return status?.phase === 'Paused' && reasons.includes('InconclusiveAnalysisRun')
}

export type GateAnswer = {
  readonly decision: string
  readonly reason: string
  readonly approver?: string
  readonly notBefore?: string
}

/** What the gate answered last, as the run keeps it. */
export function lastAnswer(run: AnalysisRun): GateAnswer {
  const value = measurementsOf(run).findLast((measurement) => measurement.value !== undefined)?.value
  return JSON.parse(value ?? '{}') as GateAnswer
}
