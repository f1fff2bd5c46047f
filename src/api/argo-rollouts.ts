/** The part of Argo Rollouts' objects (argoproj.io/v1alpha1) that Countersign reads. It writes none of them. */
import type { KubernetesObject } from './objects.ts'

/** The `apiVersion` of Rollouts and AnalysisRuns. */
export const argoApiVersion = 'argoproj.io/v1alpha1'

/** Label of an AnalysisRun: which revision it judges. */
export const podTemplateHashLabel = 'rollouts-pod-template-hash'
/** Label of an AnalysisRun that is a canary's step. */
export const stepIndexLabel = 'step-index'
/** Label of an AnalysisRun: what the Rollout has it for. */
export const rolloutTypeLabel = 'rollout-type'
/** Annotation of a Rollout: which of its revisions it is at. */
export const revisionAnnotation = 'rollout.argoproj.io/revision'

type NamedRun = { readonly name?: string; readonly status?: string }

/** The analysis itself is not read, only that there is one. */
export type CanaryStep = { readonly setWeight?: number; readonly analysis?: unknown }

/** What a revision's Pods have for as long as it is the new one, or the stable one. */
export type PodMetadata = {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A Rollout that does a canary, as far as a gate reads it. */
export type Rollout = KubernetesObject & {
  readonly spec?: {
    /** With one, or with `workloadRef` instead; its ReplicaSets have it with the defaults. */
    readonly template?: unknown
    readonly strategy?: {
      readonly canary?: {
        readonly steps?: readonly CanaryStep[]
        readonly canaryMetadata?: PodMetadata
        readonly stableMetadata?: PodMetadata
      }
      readonly blueGreen?: {
        readonly prePromotionAnalysis?: unknown
        readonly postPromotionAnalysis?: unknown
        readonly previewMetadata?: PodMetadata
        readonly activeMetadata?: PodMetadata
      }
    }
  }
  readonly status?: {
    readonly observedGeneration?: string
    readonly abort?: boolean
    readonly promoteFull?: boolean
    readonly currentPodHash?: string
    readonly currentStepIndex?: number
    readonly stableRS?: string
    readonly canary?: {
      readonly currentStepAnalysisRunStatus?: NamedRun
      readonly currentBackgroundAnalysisRunStatus?: NamedRun
      readonly weights?: { readonly canary?: { readonly weight?: number } }
    }
    readonly blueGreen?: {
      readonly activeSelector?: string
      readonly prePromotionAnalysisRunStatus?: NamedRun
      readonly postPromotionAnalysisRunStatus?: NamedRun
    }
  }
}

/** A metric of an AnalysisRun: what is measured, how often, and what of it counts as a success. */
export type Metric = {
  readonly name: string
  readonly successCondition?: string
  readonly interval?: string
  readonly count?: number | string
  readonly inconclusiveLimit?: number | string
  readonly provider?: {
    readonly web?: { readonly url?: string; readonly jsonBody?: unknown; readonly body?: string }
  }
}

/** What one metric has come to so far. */
export type MetricResult = {
  readonly name: string
  readonly phase?: string
  readonly count?: number
  readonly successful?: number
  readonly failed?: number
  readonly inconclusive?: number
  readonly error?: number
  readonly dryRun?: boolean
  readonly measurements?: readonly { readonly value?: string }[]
}

/** One run of an analysis. A gate is a metric of it that asks the operator. */
export type AnalysisRun = KubernetesObject & {
  readonly spec?: {
    readonly terminate?: boolean
    readonly args?: readonly { readonly name: string; readonly value?: string }[]
    readonly metrics?: readonly Metric[]
    /** Metrics that are measured and change nothing; each a regular expression of Argo Rollouts' (RE2). */
    readonly dryRun?: readonly { readonly metricName: string }[]
  }
  readonly status?: {
    readonly phase?: string
    readonly startedAt?: string
    readonly completedAt?: string
    readonly metricResults?: readonly MetricResult[]
  }
}

/** The template is compared, whatever it holds. */
export type ReplicaSet = KubernetesObject & {
  readonly spec?: { readonly template?: Readonly<Record<string, unknown>> }
}
