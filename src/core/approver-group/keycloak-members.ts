/** The members that a group in Keycloak has. */
import type { ApproverGroupSpec, GroupMember, IdentityProvider } from '../../api/objects.ts'
import type { KeycloakUser } from '../ports/group-sources.ts'
import { habitsOf } from '../provider/profile.ts'
import { resolved } from './found.ts'
import type { Found } from './found.ts'

type Source = NonNullable<ApproverGroupSpec['keycloak']>

/**
 * Each user is asked by the form of hint that the IdentityProvider takes, and expected to answer with the own `sub`, which in
 * Keycloak is the user's id: a user name may be given to somebody else.
 */
export function keycloakMembers(
  { group }: Source,
  { spec }: IdentityProvider,
  users: readonly KeycloakUser[],
): Found {
  const where = `Keycloak group ${group}`
  if (users.length === 0) return { reason: 'Empty', message: `${where} has no enabled user`, members: [] }
  const isBySubject = habitsOf(spec).hintType === 'IssSub'
  return resolved(
    where,
    users.map(({ id, username, email }): GroupMember => {
      return { name: email ?? username, hint: isBySubject ? id : username, subject: id }
    }),
  )
}
