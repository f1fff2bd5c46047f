/** Reads the users of a group by Keycloak's Admin API, as a client with a service account. */
import { isObject, text } from '../../core/json-object.ts'
import type { JsonObject } from '../../core/json-object.ts'
import type {
  GroupSources,
  KeycloakQuery,
  KeycloakUser,
  SourceFault,
} from '../../core/ports/group-sources.ts'
import { mayBeContacted } from '../../core/provider/address.ts'
import { createBoundedFetch, defaultLimits, NoAnswerError } from '../http/bounded-fetch.ts'
import type { BoundedFetch } from '../http/bounded-fetch.ts'
import { CaBundleError, parseCaBundle } from '../http/ca-bundle.ts'
import { quotable, quotation } from '../provider/quotable.ts'
import { sourceFault } from '../../core/approver-group/source-fault.ts'

type Answer<T> = { readonly kind: 'Read'; readonly value: T } | SourceFault

const mostUsers = 100
const longest = 253

/**
 * Three requests, one after the other: a token by client credentials (RFC 6749 §4.4), the group by its path, its members. Users
 * who are disabled are left out.
 */
export const keycloakUsers: GroupSources['keycloakUsers'] = async (query) => {
  const realm = realmOf(query.issuer)
  if (realm === undefined || !mayBeContacted(query.issuer, query))
    return sourceFault('NotKeycloak', `issuer ${query.issuer} is not the address of a Keycloak realm`)
  try {
    return await usersIn(realm, query, fetchFor(query))
  } catch (error) {
    if (error instanceof NoAnswerError)
      return sourceFault(
        'SourceUnreachable',
        `reading Keycloak group ${query.group} failed: ${error.message}`,
      )
    if (error instanceof CaBundleError)
      return sourceFault(
        'SourceUnreachable',
        `the caBundle of the IdentityProvider cannot be used: ${error.message}`,
      )
    throw error
  }
}

type Realm = { readonly token: string; readonly admin: string }

/** `https://sso.company.com/realms/prod` has its Admin API at `https://sso.company.com/admin/realms/prod`. */
function realmOf(issuer: string): Realm | undefined {
  const [, base, name] = /^(https?:\/\/.+?)\/realms\/([^/]+)\/?$/.exec(issuer) ?? []
  if (base === undefined || name === undefined) return undefined
  return {
    token: `${base}/realms/${name}/protocol/openid-connect/token`,
    admin: `${base}/admin/realms/${name}`,
  }
}

function fetchFor({ caBundle }: KeycloakQuery): BoundedFetch {
  const trusted = caBundle === undefined ? undefined : parseCaBundle(caBundle)
  return createBoundedFetch({ caBundle: trusted, limits: defaultLimits, reuse: 'Fresh' })
}

async function usersIn(
  realm: Realm,
  query: KeycloakQuery,
  fetch: BoundedFetch,
): ReturnType<GroupSources['keycloakUsers']> {
  const token = await tokenFor(realm, query, fetch)
  if (token.kind === 'Fault') return token
  const read = (path: string): Promise<Answer<unknown>> =>
    readAdmin({ url: `${realm.admin}${path}`, token: token.value, query }, fetch)
  const path = query.group.split('/').map(encodeURIComponent).join('/')
  const found = await read(`/group-by-path${path}`)
  if (found.kind === 'Fault') return found
  const id = isObject(found.value) ? text(found.value.id) : undefined
  if (id === undefined) return unexpected(query, 'the group has no id')
  const members = await read(`/groups/${encodeURIComponent(id)}/members?first=0&max=${mostUsers}`)
  if (members.kind === 'Fault') return members
  const users = usersOf(members.value)
  return users === undefined
    ? unexpected(query, 'its members are no list of users')
    : { kind: 'Users', users }
}

async function tokenFor(realm: Realm, query: KeycloakQuery, fetch: BoundedFetch): Promise<Answer<string>> {
  const response = await fetch(realm.token, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: query.clientID,
      client_secret: query.secret,
    }),
    timeoutMs: defaultLimits.metadataSeconds * 1000,
  })
  const body = await jsonOf(response)
  if (response.status === 400 || response.status === 401)
    return refusedClient(query, isObject(body) ? body : {})
  if (response.status !== 200) return unreachable(query, response)
  const token = isObject(body) ? text(body.access_token) : undefined
  return token === undefined
    ? unexpected(query, 'the answer of the token endpoint has no access_token')
    : { kind: 'Read', value: token }
}

const remedies: Readonly<Record<string, string>> = {
  invalid_client: 'Compare the client in Keycloak with spec.keycloak.clientID and the Secret.',
  unauthorized_client:
    'Compare the Secret with the client in Keycloak, and switch on Service accounts roles for the client.',
}

function refusedClient({ clientID, secret }: KeycloakQuery, body: JsonObject): SourceFault {
  const error = text(body.error)
  const code = error !== undefined && /^[a-z_]{1,40}$/.test(error) ? error : 'an error'
  const said = quotation(quotable(text(body.error_description) ?? '', [secret]))
  return {
    ...sourceFault('Unauthorized', `Keycloak answered ${code}${said} to client ${clientID}`),
    remedy: `${remedies[code] ?? 'Compare the client in Keycloak with spec.keycloak.clientID and the Secret.'} ${again}`,
  }
}

const again = 'It is tried again automatically.'

type Reading = { readonly url: string; readonly token: string; readonly query: KeycloakQuery }

async function readAdmin({ url, token, query }: Reading, fetch: BoundedFetch): Promise<Answer<unknown>> {
  const response = await fetch(url, {
    method: 'GET',
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    timeoutMs: defaultLimits.metadataSeconds * 1000,
  })
  if (response.status === 200) return { kind: 'Read', value: await jsonOf(response) }
  if (response.status === 404) return sourceFault('GroupNotFound', `Keycloak has no group ${query.group}`)
  if (response.status === 401 || response.status === 403)
    return {
      ...sourceFault(
        'Unauthorized',
        `client ${query.clientID} may not read the group ${query.group} (HTTP ${response.status})`,
      ),
      remedy: `Give the client's service account the roles view-users and query-groups of realm-management. ${again}`,
    }
  return unreachable(query, response)
}

function unreachable({ group }: KeycloakQuery, { status }: Response): SourceFault {
  return sourceFault('SourceUnreachable', `reading Keycloak group ${group} failed: HTTP ${status}`)
}

function unexpected({ group }: KeycloakQuery, detail: string): SourceFault {
  return sourceFault('UnexpectedResponse', `reading Keycloak group ${group} failed: ${detail}`)
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text())
  } catch {
    return undefined
  }
}

/** Undefined if one of them is no user: to leave it out could leave out the one who has to be asked. */
function usersOf(value: unknown): readonly KeycloakUser[] | undefined {
  if (!Array.isArray(value)) return undefined
  const users = value.filter((each) => !(isObject(each) && each.enabled === false)).map(userOf)
  return users.every((user) => user !== undefined) ? users : undefined
}

function userOf(value: unknown): KeycloakUser | undefined {
  if (!isObject(value)) return undefined
  const [id, username] = [bounded(value.id), bounded(value.username)]
  if (id === undefined || username === undefined) return undefined
  const email = verifiedEmail(value)
  return { id, username, ...(email !== undefined && { email }) }
}

/** One that a user has typed in names nobody. */
function verifiedEmail({ email, emailVerified }: JsonObject): string | undefined {
  return emailVerified === true ? bounded(email) : undefined
}

function bounded(value: unknown): string | undefined {
  const found = text(value)
  return found === undefined || found.length > longest ? undefined : found
}
