/**
 * Whether an ID token is what the provider signed for this client (OpenID Connect Core §3.1.3.7). Who it names, and whether
 * that answers the request, is decided in the core.
 */
import { createHash } from 'node:crypto'
import { errors } from 'jose'
import { clockToleranceSeconds } from '../../core/duration.ts'
import type { JWTPayload, JWTVerifyOptions, JWTVerifyResult } from 'jose'
import type { IdTokenClaims, IdTokenVerification, TokenResponse } from '../../core/ports/redeeming.ts'
import { signatureAlgorithms } from '../../core/provider/algorithms.ts'
import { shown } from '../../core/provider/names.ts'
import { isOfThisKey, verifyByAnyKey } from '../../verify/any-key.ts'
import { KeysUnavailableError } from './jwks.ts'
import type { ProviderKeys } from './jwks.ts'

/** What the claims must say, and which algorithms may have signed them. */
export type Expectation = {
  readonly issuer: string
  readonly clientID: string
  readonly algorithms: readonly string[]
}

/** The keys to verify with, and the time for `exp` and `iat`. */
export type Verifier = { readonly keys: ProviderKeys; readonly now: Date }

type Rejected = Extract<IdTokenVerification, { kind: 'Rejected' }>

const longestToken = 16 * 1024

/**
 * Verifies signature, claims and `at_hash`. `NotYet` may verify later, when the provider publishes its key; `Rejected` never
 * will. Never throws.
 */
export async function verifyIdToken(
  response: TokenResponse,
  expected: Expectation,
  verifier: Verifier,
): Promise<IdTokenVerification> {
  const { idToken } = response
  if (idToken === undefined) return rejected('id_token', 'the token response holds no ID token')
  if (idToken.length > longestToken)
    return rejected('id_token', `the ID token is longer than ${longestToken} bytes`)
  try {
    const { payload, protectedHeader } = await verifySignature(idToken, verifier.keys, {
      issuer: expected.issuer,
      audience: expected.clientID,
      // Whatever the configuration says: an unsigned token, or one signed with the client's own secret, proves nothing.
      algorithms: expected.algorithms.filter((algorithm) => signatureAlgorithms.includes(algorithm)),
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
      clockTolerance: clockToleranceSeconds,
      currentDate: verifier.now,
    })
    return (
      otherParty(payload, expected.clientID) ??
      foreignAccessToken(payload, protectedHeader.alg, response.accessToken) ??
      named(payload)
    )
  } catch (error) {
    return refusal(error, expected)
  }
}

/** A key may have been replaced under its `kid` since it was loaded: what it does not verify is tried with the keys of now. */
async function verifySignature(
  idToken: string,
  keys: ProviderKeys,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await verifyByAnyKey(idToken, keys.find, options)
  } catch (error) {
    if (error instanceof KeysUnavailableError || !isOfThisKey(error) || !(await keys.refresh())) throw error
    return verifyByAnyKey(idToken, keys.find, options)
  }
}

/** §3.1.3.7, 3 to 5: other audiences only with `azp`, and `azp` is always this client. */
function otherParty({ aud, azp }: JWTPayload, clientID: string): Rejected | undefined {
  const others = [aud ?? []].flat().filter((audience) => audience !== clientID)
  if (others.length > 0 && azp === undefined)
    return rejected(
      'aud',
      `the ID token has ${shown(aud)}, other clients than ${shown(clientID)} as well, and no azp`,
    )
  if (azp !== undefined && azp !== clientID)
    return rejected('azp', `the ID token has ${shown(azp)}; expected is ${shown(clientID)}`)
  return undefined
}

/** §3.1.3.6: the left half of the access token's hash, by the hash of the signature's algorithm. */
function foreignAccessToken(
  { at_hash: claimed }: JWTPayload,
  algorithm: string,
  accessToken: string,
): Rejected | undefined {
  if (claimed === undefined) return undefined
  const digest = createHash(hashOf(algorithm)).update(accessToken).digest()
  if (claimed === digest.subarray(0, digest.length / 2).toString('base64url')) return undefined
  return rejected('at_hash', 'the ID token belongs to another access token')
}

function hashOf(algorithm: string): string {
  return algorithm.startsWith('Ed') ? 'sha512' : `sha${algorithm.slice(2)}`
}

/** §2: `sub` has 255 ASCII characters at most. */
function named(payload: JWTPayload): IdTokenVerification {
  const { iss, sub, iat } = payload
  if (typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub))
    return rejected('sub', `the ID token has ${shown(sub)}, which names nobody`)
  if (iss === undefined || iat === undefined) return rejected('iat', 'the ID token has no iss or no iat')
  const claims: IdTokenClaims = { ...payload, iss, sub, iat }
  return { kind: 'Verified', claims }
}

function refusal(error: unknown, expected: Expectation): IdTokenVerification {
  if (error instanceof KeysUnavailableError) return notYet('jwks', error.message)
  // The provider may sign with a key before it publishes it, or be several servers of which one is behind.
  if (error instanceof errors.JWKSNoMatchingKey)
    return notYet('kid', "the ID token's key is not among the provider's keys")
  if (error instanceof errors.JWTExpired)
    return rejected('exp', `the ID token expired at ${momentOf(error.payload.exp)}`)
  if (error instanceof errors.JWTClaimValidationFailed)
    return rejected(error.claim, mismatchIn(error, expected))
  if (error instanceof errors.JOSEError) return rejected(...(clauses[error.code] ?? malformed))
  // A key that cannot be used, too short for example. The token is redeemed, so this must end in a verdict.
  return rejected('signature', "the ID token's signature cannot be checked with the provider's key")
}

/** What came, and what should have. */
function mismatchIn(
  { claim, payload, reason }: errors.JWTClaimValidationFailed,
  { issuer, clientID }: Expectation,
): string {
  if (reason === 'missing') return 'the ID token lacks it'
  const wanted: Readonly<Record<string, string>> = { iss: issuer, aud: clientID }
  const expected = Object.hasOwn(wanted, claim) ? `; expected is ${shown(wanted[claim])}` : ''
  return `the ID token has ${shown(payload[claim])}${expected}`
}

/** Seconds of the epoch, as far as a date can be written of them. */
function momentOf(seconds: number | undefined): string {
  const date = new Date((seconds ?? Number.NaN) * 1000)
  return Number.isNaN(date.getTime()) ? shown(seconds) : date.toISOString()
}

const malformed = ['id_token', 'the ID token is not a signed JWT that can be read'] as const

const clauses: Readonly<Record<string, readonly [clause: string, message: string]>> = {
  [errors.JOSEAlgNotAllowed.code]: [
    'alg',
    "the ID token's alg is not one that the IdentityProvider allows and the provider lists",
  ],
  [errors.JOSENotSupported.code]: ['alg', "the ID token's alg or crit is not supported"],
  [errors.JWSSignatureVerificationFailed.code]: ['signature', "the ID token's signature is wrong"],
}

function notYet(clause: string, message: string): IdTokenVerification {
  return { kind: 'NotYet', clause, message }
}

function rejected(clause: string, message: string): Rejected {
  return { kind: 'Rejected', clause, message }
}
