/** Looks at the provider and at the credential of each client. */
import type { IdentityProvider } from '../../api/objects.ts'
import type { Credential, Findings } from '../../core/identity-provider/findings.ts'
import type { Client } from '../../core/policy/selection.ts'
import { credentialOf } from '../../core/provider/client-credential.ts'
import { readCredential } from '../credential.ts'
import type { Dependencies } from './dependencies.ts'
import type { Heard } from './experiences.ts'

/**
 * Reads metadata and keys of the provider again, and checks the credential of each client. No person and no token endpoint is
 * involved.
 */
export async function examine(
  dependencies: Dependencies,
  provider: IdentityProvider,
  heard: Heard,
): Promise<Findings> {
  const examined = await dependencies.openid.examine(provider.spec)
  const clients = provider.spec.clients.map(async (client) => ({
    clientID: client.clientID,
    credential: await examineCredential(dependencies, provider, {
      client,
      isProviderThere: examined.kind === 'Usable',
    }),
    experience: heard.get(client.clientID),
  }))
  const { servesPing } = dependencies.settings
  return { examined, servesPing, clients: await Promise.all(clients) }
}

type Asked = { readonly client: Client; readonly isProviderThere: boolean }

async function examineCredential(
  { secrets, openid, settings }: Dependencies,
  { spec }: IdentityProvider,
  { client, isProviderThere }: Asked,
): Promise<Credential> {
  const { name, key } = client.authentication.secretRef
  const { namespace } = settings
  const credential = await readCredential(secrets, { namespace, name, key })
  if (credential.kind === 'Missing')
    return { kind: 'NotFound', message: credential.message, remedy: credential.remedy }
  const { version, value: secret } = credential
  if (!isProviderThere) return { kind: 'Unexamined', version }
  const connected = await openid.connect(spec, credentialOf(client, secret))
  if (connected.kind === 'Connected') {
    const { mismatch } = connected
    return { kind: 'Usable', version, ...(mismatch !== undefined && { mismatch }) }
  }
  return connected.reason === 'InvalidKey'
    ? {
        ...{ kind: 'Invalid', version, message: `${connected.message} (Secret ${namespace}/${name})` },
        ...(connected.remedy !== undefined && { remedy: connected.remedy }),
      }
    : { kind: 'Unexamined', version }
}
