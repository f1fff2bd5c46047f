/** The OpenID Providers as the core sees them: connects, and keeps what was learned about each provider. */
import type { IdentityProviderSpec } from '../api/objects.ts'
import type { Connected, Examined, OpenIDProviders, ProviderConnection } from '../core/ports/provider.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import { acceptedAlgorithms } from '../core/provider/algorithms.ts'
import { methodOf } from '../core/provider/client-credential.ts'
import type { IdTokenVerification } from '../core/ports/redeeming.ts'
import { backchannelOf } from './provider/backchannel.ts'
import type { CibaMetadata } from './provider/backchannel.ts'
import { createBoundedFetch, defaultLimits } from './http/bounded-fetch.ts'
import type { BoundedFetch, Limits } from './http/bounded-fetch.ts'
import { requestPrompt, requestToken, revoke } from './ciba/requests.ts'
import { clientAuthentication } from './client/authentication.ts'
import { createClientKeys } from './client/key.ts'
import { habitsOf } from '../core/provider/profile.ts'
import type { Habits } from '../core/provider/profile.ts'
import { inWordsOfCiba } from './provider/profile-errors.ts'
import type { Published } from './provider/comparison.ts'
import {
  acrValuesOf,
  clientMismatch,
  listIn,
  malformedListIn,
  providerMismatch,
  unlistedIn,
} from './provider/comparison.ts'
import { discover, malformed } from './provider/discovery.ts'
import type { Discovered } from './provider/discovery.ts'
import { createProviderKeys, KeysUnavailableError } from './provider/jwks.ts'
import type { ProviderKeys } from './provider/jwks.ts'
import type { Client } from './ciba/form-post.ts'
import { createMemory } from './provider/cache.ts'
import { skewOf } from './http/skew.ts'
import { resultOfPrompt, resultOfToken, timed } from './http/timing.ts'
import type { ExchangeObserver } from './http/timing.ts'
import { verifyIdToken } from './provider/id-token.ts'

/** The clock, limits other than the default ones, and who is notified of each exchange. */
export type Surroundings = {
  readonly clock: Clock
  readonly limits?: Partial<Limits>
  readonly onExchange?: ExchangeObserver
}

type Setting = { readonly clock: Clock; readonly limits: Limits; readonly tell: ExchangeObserver }
type NotReady = Extract<Discovered, { kind: 'NotReady' }>
type Provider = {
  readonly kind: 'Known'
  readonly metadata: CibaMetadata
  readonly keys: ProviderKeys
  readonly fetch: BoundedFetch
  readonly fetchFresh: BoundedFetch
  readonly clockSkewSeconds: number | undefined
}

/** How old metadata and keys may be when somebody is prompted. */
export const knownForSeconds = 600
/** Spares a provider that is down a call for each request that waits for it. */
const failureForSeconds = 5
/** Only a token that the provider itself issued names a key, and it may do so before it publishes it. */
const unknownKeySeconds = 5
/** Requests with answers to verify share a failed look; none pauses so short a time before the next one. */
const sharedFailureSeconds = 0.5
const maximumProviders = 64

/**
 * Connects to providers. Metadata and keys depend on the provider alone, so they are kept by issuer and trust; a connection
 * holds the credential it was made with and costs nothing. Of the credentials only imported private keys are kept, for ten
 * minutes.
 */
export function createOpenIDProviders({
  clock,
  limits,
  onExchange = () => undefined,
}: Surroundings): OpenIDProviders {
  const setting = { clock, limits: { ...defaultLimits, ...limits }, tell: onExchange }
  const memory = createMemory<Provider | NotReady>({
    clock,
    secondsFor: ({ kind }) => (kind === 'Known' ? knownForSeconds : failureForSeconds),
    maximumEntries: maximumProviders,
  })
  const clientKeys = createClientKeys(clock)
  const relearn = async (spec: IdentityProviderSpec): Promise<Provider | NotReady> => {
    const provider = await learn(spec, setting)
    if (provider.kind === 'Known') memory.replace(keyOf(spec), provider)
    return provider
  }
  return {
    async connect(spec, credential): Promise<Connected> {
      const authentication = await clientAuthentication(credential, { clientKeys, clock })
      if (authentication.kind === 'NotReady') return authentication
      const provider = await memory.recall(keyOf(spec), () => learn(spec, setting))
      if (provider.kind === 'NotReady') return provider
      const { metadata } = provider
      const { clientID } = credential
      const client = { metadata, clientID, authenticate: authentication.authenticate }
      const connection = connectionOf(provider, client, { ...setting, relearn: () => relearn(spec) })
      const { algorithm } = authentication
      const mismatch =
        providerMismatch(publishedBy(provider), spec) ??
        clientMismatch(metadata, { clientID, method: methodOf(credential), algorithm })
      return {
        kind: 'Connected',
        connection: withDialect(connection, habitsOf(spec)),
        ...acrValuesOf(metadata),
        ...(mismatch !== undefined && { mismatch }),
      }
    },
    async examine(spec): Promise<Examined> {
      const provider = await relearn(spec)
      if (provider.kind === 'NotReady') return provider
      const mismatch = providerMismatch(publishedBy(provider), spec)
      const unlisted = unlistedIn(provider.metadata, spec)
      const { clockSkewSeconds } = provider
      return {
        ...{ kind: 'Usable', clockSkewSeconds, unlisted },
        ...acrValuesOf(provider.metadata),
        ...(mismatch !== undefined && { mismatch }),
      }
    },
  }
}

function keyOf({ issuer, allowInsecureHTTP, caBundle, delivery }: IdentityProviderSpec): string {
  return JSON.stringify([issuer, allowInsecureHTTP, caBundle, delivery])
}

async function learn(spec: IdentityProviderSpec, setting: Setting): Promise<Provider | NotReady> {
  const { caBundle } = spec
  const { clock, limits, tell } = setting
  // Dropped with the provider; its idle sockets close by themselves.
  const fetch = createBoundedFetch({ caBundle, limits, reuse: 'Kept' })
  let clockSkewSeconds: number | undefined
  const watched: BoundedFetch = async (...exchange) => {
    const sentAt = clock.now()
    const response = await fetch(...exchange)
    clockSkewSeconds = skewOf(response.headers, { sentAt, receivedAt: clock.now() })
    return response
  }
  const found = await timed(
    { endpoint: 'discovery', resultOf: ({ kind }) => (kind === 'NotReady' ? 'Error' : 'Ok'), tell },
    () => discover(spec, watched, limits.metadataSeconds),
  )
  if (found.kind === 'NotReady') return found
  const list = malformedListIn(found.metadata)
  if (list !== undefined) return malformed(spec, list)
  const backchannel = backchannelOf(found.metadata, spec.delivery)
  if (backchannel.kind === 'NotReady') return backchannel
  const { metadata } = backchannel
  const keys = createProviderKeys(metadata.jwks_uri, {
    ...{ fetch, clock, timeoutSeconds: limits.metadataSeconds },
    refreshSeconds: unknownKeySeconds,
    failureSeconds: sharedFailureSeconds,
  })
  try {
    await timed({ endpoint: 'jwks', resultOf: () => 'Ok', tell }, () => keys.load())
  } catch (error) {
    if (!(error instanceof KeysUnavailableError)) throw error
    const { message, remedy } = error
    return { kind: 'NotReady', reason: 'DiscoveryFailed', message, remedy }
  }
  const fetchFresh = createBoundedFetch({ caBundle, limits, reuse: 'Fresh' })
  return { kind: 'Known', metadata, keys, fetch, fetchFresh, clockSkewSeconds }
}

function publishedBy({ metadata, keys }: Provider): Published {
  return { metadata, keys: keys.published() }
}

function withDialect(connection: ProviderConnection, habits: Habits): ProviderConnection {
  return {
    ...connection,
    requestPrompt: async (request) => inWordsOfCiba(habits, await connection.requestPrompt(request)),
  }
}

type Relearning = { readonly relearn: () => Promise<Provider | NotReady> }

function connectionOf(provider: Provider, client: Client, setting: Setting & Relearning): ProviderConnection {
  const { fetch, fetchFresh } = provider
  const { clock, relearn, tell } = setting
  return {
    requestPrompt: (request) =>
      timed({ endpoint: 'backchannel_authentication', resultOf: resultOfPrompt, tell }, () =>
        requestPrompt(client, request, { ...setting, fetch: fetchFresh }),
      ),
    requestToken: (authReqId) =>
      timed({ endpoint: 'token', resultOf: resultOfToken, tell }, () =>
        requestToken(client, authReqId, { ...setting, fetch }),
      ),
    verifyIdToken: async (response, allowed) => {
      const verify = ({ metadata, keys }: Provider): Promise<IdTokenVerification> => {
        const listed = listIn(metadata, 'id_token_signing_alg_values_supported')
        const algorithms = acceptedAlgorithms(allowed, listed)
        const expected = { issuer: metadata.issuer, clientID: client.clientID, algorithms }
        return verifyIdToken(response, expected, { keys, now: clock.now() })
      }
      const verification = await verify(provider)
      if (verification.kind !== 'Rejected' || verification.clause !== 'alg') return verification
      // The provider may have begun to sign otherwise since its metadata was read; a token is issued once.
      const fresh = await relearn()
      return fresh.kind === 'Known'
        ? verify(fresh)
        : { kind: 'NotYet', clause: 'alg', message: fresh.message }
    },
    revoke: (accessToken) => revoke(client, accessToken, { ...setting, fetch }),
  }
}
