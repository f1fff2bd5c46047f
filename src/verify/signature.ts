/** Whether the provider signed the token, for this resource server, and whether it is valid now (RFC 9068 §4). */
import { errors } from 'jose'
import type { JWTPayload } from 'jose'
import { verifyByAnyKey } from './any-key.ts'
import { KeysUnavailableError } from './keys.ts'
import type { Settings } from './options.ts'
import type { Refusal } from './reasons.ts'

const longestToken = 16 * 1024

/** @returns the claims, or why there are none to rely on. Never throws. */
export async function signedClaims(token: string, settings: Settings): Promise<JWTPayload | Refusal> {
  if (token.length > longestToken) return 'TokenMalformed'
  const { issuer, audience, algorithms, find, now } = settings
  try {
    const { payload, protectedHeader } = await verifyByAnyKey(token, find, {
      ...{ issuer, audience, algorithms: [...algorithms], currentDate: now() },
      requiredClaims: ['iss', 'aud', 'exp', 'iat'],
      clockTolerance: settings.clockToleranceSeconds,
      maxTokenAge: settings.maximumAgeSeconds,
    })
    if (!isAccessToken(payload, protectedHeader.typ, settings.types)) return 'TypeNotAllowed'
    return payload
  } catch (error) {
    return refusalFor(error)
  }
}

/** `JWT` is the type of ID tokens too: Keycloak tells them apart by a claim, and only ID tokens have a `nonce` or an `at_hash`. */
function isAccessToken(
  { typ: kind, nonce, at_hash: hash }: JWTPayload,
  type: string | undefined,
  types: readonly string[],
): boolean {
  const bare = type?.toLowerCase().replace(/^application\//, '')
  if (bare === undefined || !types.some((allowed) => allowed.toLowerCase() === bare)) return false
  return (kind === undefined || kind === 'Bearer') && nonce === undefined && hash === undefined
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof KeysUnavailableError || error instanceof errors.JWKSTimeout) return 'KeysUnavailable'
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'TooOld' : 'Expired'
  if (error instanceof errors.JWTClaimValidationFailed) return refusalForClaim(error)
  if (error instanceof errors.JOSEError) return byCode[error.code] ?? 'TokenMalformed'
  // A key that cannot be used, too short for example.
  return 'SignatureWrong'
}

const byCode: Readonly<Record<string, Refusal>> = {
  [errors.JOSEAlgNotAllowed.code]: 'AlgorithmNotAllowed',
  [errors.JWKSNoMatchingKey.code]: 'KeyUnknown',
  [errors.JWSSignatureVerificationFailed.code]: 'SignatureWrong',
  [errors.JWKSInvalid.code]: 'KeysUnavailable',
  [errors.JOSEError.code]: 'KeysUnavailable',
}

const byClaim: Readonly<Record<string, Refusal>> = { iss: 'IssuerMismatch', aud: 'AudienceMismatch' }

function refusalForClaim({ claim, reason }: errors.JWTClaimValidationFailed): Refusal {
  const otherwise = reason === 'check_failed' ? 'NotYetValid' : 'LifetimeMissing'
  return byClaim[claim] ?? otherwise
}
