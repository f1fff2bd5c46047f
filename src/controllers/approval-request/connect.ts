/** Opens the connection to the provider of a question, with the credential of the client that asks. */
import type { EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import { experienceOf } from '../../core/identity-provider/experience.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Experience } from '../../core/ports/experience.ts'
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { Connected, ProviderConnection } from '../../core/ports/provider.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
import type { Dependencies } from './dependencies.ts'

export type Connection =
  | {
      readonly kind: 'Connected'
      readonly connection: ProviderConnection
      /** Why nobody may be prompted by it, as a sentence. */
      readonly mismatch?: string
    }
  | { readonly kind: 'NotReady'; readonly message: string }

export async function connect(
  dependencies: Dependencies,
  provider: IdentityProvider,
  terms: EffectiveTerms,
): Promise<Connection> {
  return open(dependencies, provider, { clientID: terms.clientID, refusals: 'Told' })
}

/** For sending a prompt again: that the provider refuses the assertion may only mean that it knows it. */
export async function connectAgain(
  dependencies: Dependencies,
  provider: IdentityProvider,
  terms: EffectiveTerms,
): Promise<Connection> {
  return open(dependencies, provider, { clientID: terms.clientID, refusals: 'Kept' })
}

type Opening = { readonly clientID: string; readonly refusals: 'Told' | 'Kept' }

async function open(
  dependencies: Dependencies,
  provider: IdentityProvider,
  { clientID, refusals }: Opening,
): Promise<Connection> {
  const tell = (experience: Experience): void => {
    if (experience.kind !== 'Refused' || refusals === 'Told')
      dependencies.tellExperience(provider.metadata.name, clientID, experience)
  }
  const client = provider.spec.clients.find((each) => each.clientID === clientID)
  if (client === undefined) return notReady(provider, `has no client ${clientID} any more.`)
  const credential = await dependencies.credentials.read(client)
  if (credential === undefined) {
    tell({ kind: 'Unusable' })
    return notReady(provider, missing(dependencies, client))
  }
  const { method, algorithm } = client.authentication
  const connected: Connected = await dependencies.openid.connect(provider.spec, {
    ...{ clientID, method, secret: credential.value },
    ...(algorithm !== undefined && { algorithm }),
  })
  const mayPrompt = connected.kind === 'Connected' && connected.mismatch === undefined
  tell({ kind: mayPrompt ? 'Usable' : 'Unusable' })
  if (connected.kind === 'NotReady')
    return notReady(provider, `is not ready: ${connected.reason}: ${connected.message}`)
  const hear = (outcome: PromptOutcome | TokenOutcome): void => {
    const experience = experienceOf(outcome, credential.version)
    if (experience?.kind === 'Refused') dependencies.credentials.forget(client)
    if (experience !== undefined) tell(experience)
  }
  const connection = overheard(connected.connection, hear)
  if (connected.mismatch === undefined) return { kind: 'Connected', connection }
  const { reason, message } = connected.mismatch
  const mismatch = `IdentityProvider ${provider.metadata.name} is not ready: ${reason}: ${message}.`
  return { kind: 'Connected', connection, mismatch }
}

function overheard(
  connection: ProviderConnection,
  hear: (outcome: PromptOutcome | TokenOutcome) => void,
): ProviderConnection {
  const heard = <T extends PromptOutcome | TokenOutcome>(outcome: T): T => {
    hear(outcome)
    return outcome
  }
  return {
    ...connection,
    requestPrompt: async (request) => heard(await connection.requestPrompt(request)),
    requestToken: async (authReqId) => heard(await connection.requestToken(authReqId)),
  }
}

function missing({ credentials }: Dependencies, { clientID, authentication }: Client): string {
  const { name, key } = authentication.secretRef
  return `cannot authenticate its client ${clientID}: Secret ${credentials.namespace}/${name} with the key ${key} does not exist; create it.`
}

function notReady({ metadata }: IdentityProvider, message: string): Connection {
  return { kind: 'NotReady', message: `IdentityProvider ${metadata.name} ${message}` }
}
