/** Opens the connection to the provider of a question, with the credential of the client that asks. */
import type { EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { Connected, ProviderConnection } from '../../core/ports/provider.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
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
  if (connected.kind === 'NotReady')
    return notReady(provider, `is not ready: ${connected.reason}: ${connected.message}`)
  const refused = (): void => {
    dependencies.credentials.forget(client)
  }
  return { kind: 'Connected', connection: noticing(connected.connection, refused) }
}

/** Tells when the provider refuses the credential (RFC 6749 §5.2). */
function noticing(connection: ProviderConnection, refused: () => void): ProviderConnection {
  const notice = <T extends PromptOutcome | TokenOutcome>(outcome: T): T => {
    if ('error' in outcome && outcome.error === 'invalid_client') refused()
    return outcome
  }
  return {
    ...connection,
    requestPrompt: async (request) => notice(await connection.requestPrompt(request)),
    requestToken: async (authReqId) => notice(await connection.requestToken(authReqId)),
  }
}

function missing({ credentials }: Dependencies, { clientID, authentication }: Client): string {
  const { name, key } = authentication.secretRef
  return `cannot authenticate its client ${clientID}: Secret ${credentials.namespace}/${name} with the key ${key} does not exist; create it.`
}

function notReady({ metadata }: IdentityProvider, message: string): Connection {
  return { kind: 'NotReady', message: `IdentityProvider ${metadata.name} ${message}` }
}
