/** Which authentication request an ID token answers, where it says so. Pure. */
import { unverifiedClaims } from '../../core/jwt.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'

/** Required in push mode (CIBA Core §10.3.1); a provider that polls or pings may send it as well. */
const claim = 'urn:openid:params:jwt:claim:auth_req_id'

/**
 * Marks a token response whose ID token names another authentication request than the one that was asked about: nothing of it may be
 * used. Whether the ID token is genuine is checked by its verification, as for any other.
 *
 * @param authReqId the id that the token request carried
 */
export function ofRequest(outcome: TokenOutcome, authReqId: string): TokenOutcome {
  if (outcome.kind !== 'Granted') return outcome
  const { response } = outcome
  const named = unverifiedClaims(response.idToken ?? '')?.[claim]
  if (named === undefined || named === authReqId || response.malformed !== undefined) return outcome
  const malformed = { member: claim, message: 'the ID token answers another authentication request' }
  return { kind: 'Granted', response: { ...response, malformed } }
}
