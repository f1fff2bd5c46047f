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

/** An owner in the same namespace, or a cluster-scoped one; when all owners are deleted the API server deletes the object. */
export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** What objects of every kind have. `metadata.uid` and `resourceVersion` are absent until the API server has it. */
export type KubernetesObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** Objects that were read are never changed, only replaced. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

/** What is asked for. The API server lets nobody change it. */
export type ApprovalRequestSpec = DeepReadonly<v1alpha1.ApprovalRequestSpec>
/** The outcome of a request so far; the operator alone writes it. */
export type ApprovalRequestStatus = DeepReadonly<v1alpha1.ApprovalRequestStatus>
/** Which requests a policy is for, who is asked about them, and what may be granted. */
export type ApprovalPolicySpec = DeepReadonly<v1alpha1.ApprovalPolicySpec>
/** Whether requests can be put under the policy. */
export type ApprovalPolicyStatus = DeepReadonly<v1alpha1.ApprovalPolicyStatus>
/** An OpenID Provider and the clients that ask there. */
export type IdentityProviderSpec = DeepReadonly<v1alpha1.IdentityProviderSpec>
/** Whether the provider can be used, and by which clients it refuses. */
export type IdentityProviderStatus = DeepReadonly<v1alpha1.IdentityProviderStatus>
/** Where the members of a group come from. */
export type ApproverGroupSpec = DeepReadonly<v1alpha1.ApproverGroupSpec>
/** Who the members of a group are, and since when that is known. */
export type ApproverGroupStatus = DeepReadonly<v1alpha1.ApproverGroupStatus>
/** A person in a group, by what a policy needs to ask her. */
export type GroupMember = DeepReadonly<v1alpha1.GroupMember>
/** A parameter that the approver may change, and the values that it may have then. */
export type Adjustable = DeepReadonly<v1alpha1.Adjustable>
/** The terms that were fixed before the approver was asked; an answer is verified by these. */
export type EffectiveTerms = DeepReadonly<v1alpha1.EffectiveTerms>
/** A condition as `metav1.Condition` has it. Times are RFC 3339 with whole seconds. */
export type Condition = DeepReadonly<v1alpha1.Condition>
/** The one element of `authorization_details` (RFC 9396 §2) that names an action. */
export type AuthorizationDetail = DeepReadonly<v1alpha1.AuthorizationDetail>
/** Who approved, when, until when that holds, and what was changed. */
export type Decision = DeepReadonly<v1alpha1.Decision>
/** One CIBA request to one approver: its attempt, its sealed `auth_req_id`, its times. */
export type Prompt = DeepReadonly<v1alpha1.Prompt>
/** How a request ended. */
export type Outcome = NonNullable<ApprovalRequestStatus['outcome']>

/** A request for approval (`kubectl get apr`). */
export type ApprovalRequest = KubernetesObject & {
  readonly spec: ApprovalRequestSpec
  readonly status?: ApprovalRequestStatus
  /** Only in a watch's copy that leaves out the large parts of `spec`: the digest of the whole. The API server knows no such field. */
  readonly abridged?: { readonly digest: string }
}
/** A policy; it is cluster-scoped, so that a requester cannot choose who is asked. */
export type ApprovalPolicy = KubernetesObject & {
  readonly spec: ApprovalPolicySpec
  readonly status?: ApprovalPolicyStatus
}
/** An OpenID Provider; cluster-scoped like policies. */
export type IdentityProvider = KubernetesObject & {
  readonly spec: IdentityProviderSpec
  readonly status?: IdentityProviderStatus
}
/** People whom policies ask by the name of the group; cluster-scoped like policies. */
export type ApproverGroup = KubernetesObject & {
  readonly spec: ApproverGroupSpec
  readonly status?: ApproverGroupStatus
}
/** A Namespace, read for its labels. */
export type Namespace = KubernetesObject

/** The part of a core/v1 ConfigMap that Countersign reads and writes. */
export type ConfigMap = KubernetesObject & { readonly data?: Readonly<Record<string, string>> }

/** The part of a core/v1 Secret that Countersign reads and writes. `data` values are base64. */
export type Secret = KubernetesObject & {
  readonly type?: string
  readonly immutable?: boolean
  readonly data?: Readonly<Record<string, string>>
}
