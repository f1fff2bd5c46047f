/** Opens the connection to the provider of a request, with the credential of the client that asks. */
import type { EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import { durationOf } from '../../core/duration.ts'
import { experienceOf } from '../../core/identity-provider/experience.ts'
import { errorTextOf, quoted } from '../../core/sentences/messages.ts'
import type { ErrorText, PromptOutcome } from '../../core/ports/prompting.ts'
import { clause } from '../../core/sentences/punctuation.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Experience } from '../../core/ports/experience.ts'
import type { Connected, ProviderConnection } from '../../core/ports/provider.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
import { credentialOf } from '../../core/provider/client-credential.ts'
import type { MissingCredential, StoredCredential } from '../credential.ts'
import type { Dependencies } from './dependencies.ts'
import type { ClientInUse, RefusedClients } from './refused-clients.ts'

/** What opening a connection takes, and who is notified how the client fares. */
export type Connecting = Pick<Dependencies, 'credentials' | 'openid' | 'tellExperience'>

/** A connection to ask by, or why there is none, as a message without a full stop. */
export type Connection =
  | {
      readonly kind: 'Connected'
      readonly connection: ProviderConnection
      /** The authentication contexts that the provider lists. */
      readonly acrValues?: readonly string[]
      /** Why nobody may be prompted by it, without a full stop, as is the message. */
      readonly mismatch?: string
    }
  | { readonly kind: 'NotReady'; readonly message: string }

/**
 * Connects as the client that the terms name. A client that the provider refuses is held back for a while, for all of its
 * requests.
 */
export async function connect(
  dependencies: Connecting,
  provider: IdentityProvider,
  terms: EffectiveTerms,
): Promise<Connection> {
  return open(dependencies, provider, { clientID: terms.clientID, refusals: 'Told' })
}

/** For sending a prompt again: that the provider refuses the assertion may only mean that it knows it. */
export async function connectAgain(
  dependencies: Connecting,
  provider: IdentityProvider,
  terms: EffectiveTerms,
): Promise<Connection> {
  return open(dependencies, provider, { clientID: terms.clientID, refusals: 'Kept' })
}

type Opening = { readonly clientID: string; readonly refusals: 'Told' | 'Kept' }

async function open(
  dependencies: Connecting,
  provider: IdentityProvider,
  { clientID, refusals }: Opening,
): Promise<Connection> {
  const tell = (experience: Experience): void => {
    if (experience.kind !== 'Refused' || refusals === 'Told')
      dependencies.tellExperience(provider.metadata.name, clientID, experience)
  }
  const client = provider.spec.clients.find((each) => each.clientID === clientID)
  if (client === undefined) return notReady(provider, `has no client ${clientID} any more`)
  const credential = await readAsNeeded(dependencies, provider, client)
  if (credential.kind === 'Missing') {
    tell({ kind: 'Unusable' })
    return notReady(provider, `cannot authenticate its client ${clientID}: ${credential.message}`)
  }
  const connected: Connected = await dependencies.openid.connect(
    provider.spec,
    credentialOf(client, credential.value),
  )
  const mayPrompt = connected.kind === 'Connected' && connected.mismatch === undefined
  tell({ kind: mayPrompt ? 'Usable' : 'Unusable' })
  if (connected.kind === 'NotReady') return notReady(provider, `is not ready: ${clause(connected.message)}`)
  const { credentials } = dependencies
  const inUse = useOf(provider, clientID, credential.version)
  const hear = (outcome: PromptOutcome | TokenOutcome): void => {
    const experience = experienceOf(outcome, credential.version)
    if (experience?.kind === 'Refused') credentials.forget(client)
    if (experience?.kind === 'Refused' && refusals === 'Told' && 'error' in outcome)
      credentials.refused.refused(inUse, errorTextOf(outcome))
    if (experience?.kind === 'Accepted') credentials.refused.accepted(inUse)
    if (experience !== undefined) tell(experience)
  }
  const heard = overheard(connected.connection, hear)
  // Another sending of a prompt may be refused only because it is one; it says nothing about the client, and is not held back.
  const connection = refusals === 'Told' ? heldBack(heard, credentials.refused, inUse) : heard
  const refusal = refusals === 'Told' ? credentials.refused.refusalOf(inUse) : undefined
  if (refusal !== undefined)
    return { kind: 'Connected', connection, mismatch: refusedClient(inUse, refusal, credentials.refused) }
  const { acrValues } = connected
  if (connected.mismatch === undefined)
    return { kind: 'Connected', connection, ...(acrValues !== undefined && { acrValues }) }
  const mismatch = `IdentityProvider ${provider.metadata.name} is not ready: ${clause(connected.mismatch.message)}`
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

/** A client that is refused may have got another secret in the meantime. */
async function readAsNeeded(
  { credentials }: Pick<Dependencies, 'credentials'>,
  provider: IdentityProvider,
  client: Client,
): Promise<StoredCredential | MissingCredential> {
  const kept = await credentials.read(client)
  if (
    kept.kind === 'Missing' ||
    !credentials.refused.isLookDue(useOf(provider, client.clientID, kept.version))
  )
    return kept
  credentials.forget(client)
  return credentials.read(client)
}

function useOf({ metadata }: IdentityProvider, clientID: string, secretVersion: string): ClientInUse {
  const { name, uid = '', generation = 0 } = metadata
  return { provider: { name, uid, generation }, clientID, secretVersion }
}

function refusedClient(
  { provider, clientID }: ClientInUse,
  refusal: ErrorText,
  { pauseSeconds }: RefusedClients,
): string {
  return (
    `IdentityProvider ${provider.name} does not let in client ${clientID}: it answered ${quoted(refusal)}. All requests of this client wait until its ` +
    `Secret or the IdentityProvider changes; one attempt every ${durationOf(pauseSeconds)} finds out what was changed at the provider.`
  )
}

/** What is refused anyway is not sent: the provider’s last word stands. */
function heldBack(
  connection: ProviderConnection,
  refused: RefusedClients,
  client: ClientInUse,
): ProviderConnection {
  return {
    ...connection,
    requestPrompt: async (request) => {
      const refusal = refused.attempt(client)
      return refusal === undefined
        ? connection.requestPrompt(request)
        : { ...refusal, kind: 'NotPrompted', isLocal: true }
    },
    requestToken: async (authReqId) => {
      const refusal = refused.attempt(client)
      return refusal === undefined
        ? connection.requestToken(authReqId)
        : { ...refusal, kind: 'Error', isLocal: true }
    },
  }
}

function notReady({ metadata }: IdentityProvider, message: string): Connection {
  return { kind: 'NotReady', message: `IdentityProvider ${metadata.name} ${message}` }
}
