import type { ApprovalRequestSpec, IdentityProviderSpec } from '../../api/objects.ts'

type Requester = ApprovalRequestSpec['requester']
type Subject = NonNullable<IdentityProviderSpec['clients'][number]['requesters']>[number]

/** Is the stamped requester this subject of a policy or a client? */
export function isSubject(requester: Requester, subject: Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return requester.username === subject.name
    case 'ServiceAccount':
      return requester.username === `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}`
  }
}

/** The short name of a requester for people: a ServiceAccount's own name, else the user name. */
export function shortNameOf(requester: Requester): string {
  return /^system:serviceaccount:[^:]+:(.+)$/.exec(requester.username)?.[1] ?? requester.username
}
