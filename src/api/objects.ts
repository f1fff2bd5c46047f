import type * as v1alpha1 from './v1alpha1.gen.ts'

/** What every object of the API server carries, as far as Countersign reads it. */
export type ObjectMeta = {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
}

export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

export type KubernetesObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** Objects that were read are never changed, only replaced. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

export type ApprovalRequestSpec = DeepReadonly<v1alpha1.ApprovalRequestSpec>
export type ApprovalRequestStatus = DeepReadonly<v1alpha1.ApprovalRequestStatus>
export type ApprovalPolicySpec = DeepReadonly<v1alpha1.ApprovalPolicySpec>
export type ApprovalPolicyStatus = DeepReadonly<v1alpha1.ApprovalPolicyStatus>
export type IdentityProviderSpec = DeepReadonly<v1alpha1.IdentityProviderSpec>
export type IdentityProviderStatus = DeepReadonly<v1alpha1.IdentityProviderStatus>
export type Adjustable = DeepReadonly<v1alpha1.Adjustable>
export type EffectiveTerms = DeepReadonly<v1alpha1.EffectiveTerms>
export type Condition = DeepReadonly<v1alpha1.Condition>
export type AuthorizationDetail = DeepReadonly<v1alpha1.AuthorizationDetail>
export type Decision = DeepReadonly<v1alpha1.Decision>
export type Prompt = DeepReadonly<v1alpha1.Prompt>
export type Outcome = NonNullable<ApprovalRequestStatus['outcome']>

export type ApprovalRequest = KubernetesObject & {
  readonly spec: ApprovalRequestSpec
  readonly status?: ApprovalRequestStatus
  /** Only in a watch's copy that leaves out the large parts of `spec`: the digest of the whole. The API server knows no such field. */
  readonly abridged?: { readonly digest: string }
}
export type ApprovalPolicy = KubernetesObject & {
  readonly spec: ApprovalPolicySpec
  readonly status?: ApprovalPolicyStatus
}
export type IdentityProvider = KubernetesObject & {
  readonly spec: IdentityProviderSpec
  readonly status?: IdentityProviderStatus
}
export type Namespace = KubernetesObject

/** The part of a core/v1 ConfigMap that Countersign reads and writes. */
export type ConfigMap = KubernetesObject & { readonly data?: Readonly<Record<string, string>> }

/** The part of a core/v1 Secret that Countersign reads and writes. `data` values are base64. */
export type Secret = KubernetesObject & {
  readonly type?: string
  readonly immutable?: boolean
  readonly data?: Readonly<Record<string, string>>
}
