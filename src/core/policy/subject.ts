import type { ApprovalRequestSpec, IdentityProviderSpec } from '../../api/objects.ts'

/** Who asks, as admission has stamped it on the request. */
export type Requester = ApprovalRequestSpec['requester']
/** Whom a policy or a client names: a user or a ServiceAccount. */
export type Subject = NonNullable<IdentityProviderSpec['clients'][number]['requesters']>[number]

/** Is the stamped requester this subject of a policy or a client? */
export function isSubject(requester: Requester, subject: Subject): boolean {
  return requester.username === usernameOf(subject)
}

/** As the API server knows it. */
export function usernameOf({ kind, name, namespace = '' }: Subject): string {
  switch (kind) {
    case 'User':
      return name
    case 'ServiceAccount':
      return `system:serviceaccount:${namespace}:${name}`
  }
}

/** The ServiceAccount of this user name; undefined for anyone else's. */
export function serviceAccountOf(
  username: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

/** The short name of a requester for people: a ServiceAccount's own name, else the user name. */
export function shortNameOf(requester: Requester): string {
  return /^system:serviceaccount:[^:]+:(.+)$/.exec(requester.username)?.[1] ?? requester.username
}
