/** Reads the source of a group. */
import type { ApproverGroup, ApproverGroupSpec } from '../../api/objects.ts'
import { failed, resolved } from '../../core/approver-group/found.ts'
import type { Found } from '../../core/approver-group/found.ts'
import { keycloakMembers } from '../../core/approver-group/keycloak-members.ts'
import { onCallMembers } from '../../core/approver-group/on-call.ts'
import { readCredential } from '../credential.ts'
import type { Purpose, StoredCredential } from '../credential.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * Who the source says the members are now, or why it says nothing.
 * @throws what the API server's client throws
 */
export async function look(dependencies: Dependencies, { spec }: ApproverGroup): Promise<Found> {
  const { members, keycloak, calendar } = spec
  if (keycloak !== undefined) return lookIntoKeycloak(dependencies, keycloak)
  if (calendar !== undefined) return lookIntoCalendar(dependencies, calendar)
  return resolved('Listed', members ?? [])
}

async function lookIntoKeycloak(
  dependencies: Dependencies,
  source: NonNullable<ApproverGroupSpec['keycloak']>,
): Promise<Found> {
  const { identityProvider, group, clientID } = source
  const provider = dependencies.caches.providers.get({ name: identityProvider })
  if (provider === undefined)
    return {
      reason: 'IdentityProviderNotFound',
      message: `IdentityProvider ${identityProvider} does not exist`,
    }
  const content = `the secret of client ${clientID}`
  const secret = await stored(dependencies, source.secretRef, { content, holder: 'the group' })
  if (isFound(secret)) return secret
  const { issuer, caBundle, allowInsecureHTTP } = provider.spec
  const answer = await dependencies.sources.keycloakUsers({
    ...{ issuer, caBundle, allowInsecureHTTP, group, clientID },
    secret: secret.value,
  })
  return answer.kind === 'Fault' ? failed(answer) : keycloakMembers(source, provider, answer.users)
}

async function lookIntoCalendar(
  dependencies: Dependencies,
  source: NonNullable<ApproverGroupSpec['calendar']>,
): Promise<Found> {
  const purpose = { content: 'the URL of the feed', holder: 'the group' } as const
  const url = await stored(dependencies, source.secretRef, purpose)
  if (isFound(url)) return url
  const { timeZone, caBundle, allowInsecureHTTP } = source
  const at = dependencies.clock.now()
  const answer = await dependencies.sources.shiftsAt({
    ...{ url: url.value, at, timeZone, caBundle, allowInsecureHTTP },
  })
  return answer.kind === 'Fault' ? failed(answer) : onCallMembers(source, answer.shifts)
}

type Place = { readonly name: string; readonly key: string }

async function stored(
  { secrets, settings }: Dependencies,
  place: Place,
  purpose: Purpose,
): Promise<StoredCredential | Found> {
  const { namespace } = settings
  const credential = await readCredential(secrets, { namespace, ...place, purpose })
  if (credential.kind === 'Stored') return credential
  const { message, remedy } = credential
  return { reason: 'CredentialsMissing', message, remedy }
}

function isFound(value: StoredCredential | Found): value is Found {
  return 'reason' in value
}
