/** Names that users, manifests and code share. */
export const group = 'countersign.dev'
/** The version of the CRDs; its schemas only widen. */
export const version = 'v1alpha1'
/** The `apiVersion` of all four kinds. */
export const apiVersion = `${group}/${version}`

/** Namespace label that says which environment a Namespace belongs to. */
export const environmentLabel = `${group}/environment`

/** What a gate's request names as environment where the Namespace has no such label. */
export const noEnvironment = 'unlabelled'

/** Type of the Secrets that hold granted tokens; admission lets only the operator create it. */
export const tokenSecretType = `${group}/token`

/** The Secret that a request's token is put into. */
export function tokenSecretName(requestName: string): string {
  return `${requestName}.countersign`
}

/**
 * Extra parameters of the backchannel authentication request. Providers hand them to their authentication channel, and so
 * to the inbox: which ApprovalRequest is asked (`<namespace>/<name>/<uid>`), and the digest that the answer is bound to.
 */
export const approvalRequestParameter = 'approval_request'
/** See `approvalRequestParameter`. */
export const approvalDigestParameter = 'approval_digest'

/** `type` of the element of authorization_details (RFC 9396 §2) that names an action. */
export const actionDetailType = `${group}/action`

/** Scope prefixes by which the provider learns the action (actionBinding: ParameterizedScopes). */
export const actionScopePrefixes = [
  'action',
  'target',
  'namespace',
  'kind',
  'revision',
  'environment',
  'digest',
] as const

/** The grant type of CIBA Core §10.1. */
export const cibaGrant = 'urn:openid:params:grant-type:ciba'

/** Where OpenID Providers say that an answer is there: the client notification endpoint (CIBA Core §10.2). */
export const pingPath = '/v1/ping'

/** Where Argo Rollouts asks the gate; its AnalysisRuns are recognised as a gate's by it. */
export const argoRolloutsGatePath = '/v1/gates/argo-rollouts'
