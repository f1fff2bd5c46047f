/**
 * The provider's side of the authentication channel. Keycloak and the embedded provider agree: the bearer that comes with
 * a prompt is a JWT of the provider for itself, and the answer goes to `callback` below the backchannel endpoint.
 */
import { errors, jwtVerify } from 'jose'
import { clockToleranceSeconds } from '../core/duration.ts'
import type {
  AuthenticationChannel,
  BearerVerification,
  ChannelAnswer,
  ChannelReply,
} from '../core/ports/channel.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import { signatureAlgorithms } from '../core/provider/algorithms.ts'
import { NoAnswerError } from './http/bounded-fetch.ts'
import type { BoundedFetch } from './http/bounded-fetch.ts'
import { createMemory } from './provider/cache.ts'
import { discover } from './provider/discovery.ts'
import type { Issuer } from './provider/discovery.ts'
import { createProviderKeys, KeysUnavailableError } from './provider/jwks.ts'
import type { ProviderKeys } from './provider/jwks.ts'

/** Which provider to trust, and how to reach it; `timeoutSeconds` is for each call. */
export type ChannelSource = {
  readonly provider: Issuer
  readonly fetch: BoundedFetch
  readonly clock: Clock
  readonly timeoutSeconds: number
}

type Connection = { readonly keys: ProviderKeys; readonly callback: string }
type Connecting = Connection | { readonly obstacle: string }

/** Anyone may send a bearer: spares a provider that is down a request for each of them. */
const obstacleForSeconds = 5

/** The channel of one provider, which need not run yet: its metadata is read at the first use, and kept once it was read. */
export function createAuthenticationChannel(source: ChannelSource): AuthenticationChannel {
  const { provider, clock } = source
  const memory = createMemory<Connecting>({
    ...{ clock, maximumEntries: 1 },
    secondsFor: (found) => ('obstacle' in found ? obstacleForSeconds : Infinity),
  })
  const connection = (): Promise<Connecting> => memory.recall(provider.issuer, () => connect(source))

  return {
    verifyBearer: async (bearer) => verifyBearer(await connection(), bearer, source),
    answer: async (bearer, reply) => answer(await connection(), { bearer, reply }, source),
  }
}

async function connect({ provider, ...keySource }: ChannelSource): Promise<Connecting> {
  const found = await discover(provider, keySource.fetch)
  if (found.kind === 'NotReady') return { obstacle: found.message }
  const { jwks_uri: jwksUri, backchannel_authentication_endpoint: endpoint } = found.metadata
  if (endpoint === undefined)
    return {
      obstacle: 'the provider names no backchannel_authentication_endpoint; switch CIBA on at the provider',
    }
  return { keys: createProviderKeys(jwksUri, keySource), callback: `${endpoint.replace(/\/$/, '')}/callback` }
}

async function verifyBearer(
  connection: Connecting,
  bearer: string,
  { provider, clock }: ChannelSource,
): Promise<BearerVerification> {
  if ('obstacle' in connection) return { kind: 'Unreachable', detail: connection.obstacle }
  try {
    const { payload, protectedHeader } = await jwtVerify(bearer, connection.keys.find, {
      algorithms: [...signatureAlgorithms],
      issuer: provider.issuer,
      audience: provider.issuer,
      requiredClaims: ['exp', 'iat', 'jti', 'sub'],
      clockTolerance: clockToleranceSeconds,
      currentDate: clock.now(),
    })
    // RFC 9068 §2.1: an access token says so, and a client could hold one.
    if (protectedHeader.typ?.toLowerCase().endsWith('at+jwt') === true)
      return { kind: 'Refused', clause: 'typ' }
    const { azp, sub = '', exp = 0 } = payload
    if (typeof azp !== 'string' || azp === '') return { kind: 'Refused', clause: 'azp' }
    return { kind: 'Verified', prompt: { clientID: azp, subject: sub, expiresAt: new Date(exp * 1000) } }
  } catch (error) {
    if (error instanceof KeysUnavailableError || error instanceof NoAnswerError)
      return { kind: 'Unreachable', detail: error.message }
    if (error instanceof errors.JOSEError) return { kind: 'Refused', clause: clauseOf(error) }
    throw error
  }
}

function clauseOf(error: errors.JOSEError): string {
  const isAboutClaim = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
  return isAboutClaim ? error.claim : 'signature'
}

async function answer(
  connection: Connecting,
  { bearer, reply }: { readonly bearer: string; readonly reply: ChannelReply },
  { fetch, timeoutSeconds }: ChannelSource,
): Promise<ChannelAnswer> {
  if ('obstacle' in connection) return 'Unknown'
  try {
    const response = await fetch(connection.callback, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(reply)),
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    })
    if (response.ok || (await isOnlyUntold(response))) return 'Taken'
    return response.status >= 400 && response.status < 500 ? 'Refused' : 'Unknown'
  } catch (error) {
    if (error instanceof NoAnswerError) return 'Unknown'
    throw error
  }
}

/** What Keycloak answers when it has the answer, but its ping did not reach the client, which polls. */
async function isOnlyUntold(response: Response): Promise<boolean> {
  return response.status === 400 && /client notification endpoint/i.test(await response.text())
}

/** Keycloak's contract has the status only. */
function bodyOf(reply: ChannelReply): object {
  const { status } = reply
  return status === 'SUCCEED' && reply.authorizationDetails !== undefined
    ? { status, authorization_details: reply.authorizationDetails }
    : { status }
}
