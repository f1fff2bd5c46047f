/** The signature of a JWT, where several of the provider's keys may have made it. */
import { errors, jwtVerify } from 'jose'
import type { JWTVerifyGetKey, JWTVerifyOptions, JWTVerifyResult } from 'jose'

/**
 * Several keys may fit, for example one that is published twice during a rotation: the one that verifies counts.
 *
 * @param find the provider's keys
 * @throws what jose throws of the token or of every key that fits, and what `find` throws
 */
export async function verifyByAnyKey(
  token: string,
  find: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, find, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options)
      } catch (failure) {
        if (!isOfThisKey(failure)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/** Another key may verify: this one did not sign it, or cannot be used at all, being too short for example. */
export function isOfThisKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || !(error instanceof errors.JOSEError)
}
