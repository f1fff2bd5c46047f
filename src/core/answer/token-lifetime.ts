/**
 * How long an access token can be used: by `expires_in` (RFC 6749 §5.1) and, if the token is a JWT, by its `exp`, at which a resource
 * server refuses it (RFC 7519 §4.1.4). The JWT's signature is not checked: the provider itself has just sent it. Pure.
 */
import { unverifiedClaims } from '../jwt.ts'
import { clockToleranceSeconds } from '../duration.ts'
import type { TokenResponse } from '../ports/redeeming.ts'

type Response = Pick<TokenResponse, 'accessToken' | 'expiresInSeconds'>

/**
 * For how many seconds from `receivedAt` the token can be used; undefined where nothing says so. Of two statements the shorter counts.
 * @param receivedAt when the token response came
 */
export function tokenSeconds(response: Response, receivedAt: Date): number | undefined {
  return shortestOf(statementsIn(response, receivedAt))?.seconds
}

/**
 * What is wrong with the token's lifetime, and what to do, as a sentence without its full stop; undefined if nothing is. A resource server
 * accepts a JWT until its `exp`, whatever `expires_in` says: where there is an `exp`, it is compared with the limit.
 * @param receivedAt when the token response came
 * @param longestSeconds the policy's `maxLifetime`
 */
export function lifetimeProblem(
  response: Response,
  receivedAt: Date,
  longestSeconds: number,
): string | undefined {
  if (expiryIn(response.accessToken) === 'Malformed')
    return `exp: the access token is a JWT whose exp is not a time in seconds. ${toState}`
  const statements = statementsIn(response, receivedAt)
  const shortest = shortestOf(statements)
  const limiting = statements[0]
  if (shortest === undefined || limiting === undefined)
    return `expires_in: the provider did not state a lifetime for the token, and the policy limits it to ${longestSeconds} s (maxLifetime). ${toState}`
  if (!(limiting.seconds <= longestSeconds + clockToleranceSeconds))
    return `${limiting.name}: the token lives longer than the policy's maxLifetime of ${longestSeconds} s. ${toShorten}`
  return shortest.seconds < 1
    ? `${shortest.name}: the token had already expired when the provider issued it. ${toLengthen}`
    : undefined
}

const toState = 'Configure the provider to send expires_in, or a JWT with exp, as a number of seconds'
const toShorten = 'Shorten the lifetime of access tokens at the provider, or raise maxLifetime'
const toLengthen =
  'Raise the lifetime of access tokens at the provider, and compare its clock with the operator’s'

type Statement = { readonly name: 'exp' | 'expires_in'; readonly seconds: number }

/** `exp` first. */
function statementsIn({ accessToken, expiresInSeconds }: Response, receivedAt: Date): readonly Statement[] {
  const exp = expiryIn(accessToken)
  return [
    ...(typeof exp === 'number'
      ? [{ name: 'exp' as const, seconds: exp - receivedAt.getTime() / 1000 }]
      : []),
    ...(expiresInSeconds === undefined ? [] : [{ name: 'expires_in' as const, seconds: expiresInSeconds }]),
  ]
}

function shortestOf(statements: readonly Statement[]): Statement | undefined {
  return statements.toSorted((a, b) => a.seconds - b.seconds)[0]
}

/** The latest moment that counts as seconds: a time in milliseconds lies after it. */
const latestExpiry = 1e11

/** A NumericDate (RFC 7519 §2). Undefined for a token that is no JWT (RFC 9068 makes none of it) and for a JWT without `exp`. */
function expiryIn(accessToken: string): number | 'Malformed' | undefined {
  const exp = unverifiedClaims(accessToken)?.exp
  if (exp === undefined) return undefined
  return typeof exp === 'number' && exp > 0 && exp < latestExpiry ? exp : 'Malformed'
}
