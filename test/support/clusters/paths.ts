/** Paths of the API server that tests write to. */

export function requestsIn(namespace: string): string {
  return `/apis/countersign.dev/v1alpha1/namespaces/${namespace}/approvalrequests`
}

export function secretsIn(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`
}
