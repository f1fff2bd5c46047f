/** Opens the connection to the provider of a question, with the credential of the client that asks. */
import type { EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Connected, ProviderConnection } from '../../core/ports/provider.ts'
import type { Dependencies } from './dependencies.ts'

export type Connection =
  | { readonly kind: 'Connected'; readonly connection: ProviderConnection }
  | { readonly kind: 'NotReady'; readonly message: string }

export async function connect(
  dependencies: Dependencies,
  provider: IdentityProvider,
  terms: EffectiveTerms,
): Promise<Connection> {
  const client = provider.spec.clients.find(({ clientID }) => clientID === terms.clientID)
  if (client === undefined) return notReady(provider, `has no client ${terms.clientID} any more.`)
  const secret = await dependencies.credentials.read(client)
  if (secret === undefined) return notReady(provider, missing(dependencies, client))
  const { clientID, authentication } = client
  const connected: Connected = await dependencies.openid.connect(provider.spec, {
    clientID,
    method: authentication.method,
    secret,
    ...(authentication.algorithm !== undefined && { algorithm: authentication.algorithm }),
  })
  return connected.kind === 'Connected'
    ? connected
    : notReady(provider, `is not ready: ${connected.reason}: ${connected.message}`)
}

function missing({ credentials }: Dependencies, { clientID, authentication }: Client): string {
  const { name, key } = authentication.secretRef
  return `cannot authenticate its client ${clientID}: Secret ${credentials.namespace}/${name} with the key ${key} does not exist; create it.`
}

function notReady({ metadata }: IdentityProvider, message: string): Connection {
  return { kind: 'NotReady', message: `IdentityProvider ${metadata.name} ${message}` }
}
