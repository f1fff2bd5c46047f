/** Where the members of an ApproverGroup are read. What goes wrong there is a value, not an exception. */
import type { GroupReason } from '../../api/group-reasons.ts'
import type { Fault } from './provider.ts'

/** A group in a Keycloak realm, and the client that may read it. */
export type KeycloakQuery = {
  /** Of the realm: `https://sso.company.com/realms/prod`. */
  readonly issuer: string
  /** PEM; undefined for what the system trusts. */
  readonly caBundle: string | undefined
  readonly allowInsecureHTTP: boolean
  /** Such as `/sre`. */
  readonly group: string
  readonly clientID: string
  readonly secret: string
}

/** A user who is enabled. `email`: only if Keycloak has verified it. */
export type KeycloakUser = { readonly id: string; readonly username: string; readonly email?: string }

/** A calendar, and the moment that is asked about. */
export type FeedQuery = {
  /** As the Secret holds it: a secret itself. */
  readonly url: string
  readonly at: Date
  /** Of times that name none; the calendar's own if undefined. */
  readonly timeZone: string | undefined
  readonly caBundle: string | undefined
  readonly allowInsecureHTTP: boolean
}

/** One event that covers the moment. `attendees`: e-mail addresses in lower case, without those who declined. */
export type Shift = {
  readonly summary: string
  readonly attendees: readonly string[]
  readonly endsAt: Date
}

/** Why a source says nothing of members. The message names no secret and no URL. */
export type SourceFault = { readonly kind: 'Fault'; readonly reason: GroupReason } & Fault

/** What the controller of ApproverGroups is given. */
export interface GroupSources {
  /** At most one more than can be asked. `GroupNotFound` is an answer, as an empty list is. */
  keycloakUsers(
    query: KeycloakQuery,
  ): Promise<{ readonly kind: 'Users'; readonly users: readonly KeycloakUser[] } | SourceFault>
  shiftsAt(
    query: FeedQuery,
  ): Promise<{ readonly kind: 'Shifts'; readonly shifts: readonly Shift[] } | SourceFault>
}
