/**
 * Who calls: a ServiceAccount, by TokenReview, that may ask, by SubjectAccessReview. Both answers are kept for a minute, by the
 * token's hash; what cannot be a token of this cluster costs the API server nothing.
 */
import { fingerprint } from '../api/digest.ts'
import { bearerOf } from '../core/bearer.ts'
import { sharedRate } from '../core/shared-rate.ts'
import type { CallerReviews, User } from '../core/ports/callers.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import { claimsOf } from './bearer.ts'
import type { Claims } from './bearer.ts'
import { serviceAccountOf } from '../core/policy/subject.ts'

/** `Known`: it may ask about Rollouts of this namespace, its own. */
export type Caller =
  | {
      readonly kind: 'Known'
      readonly namespace: string
      readonly requester: { readonly username: string; readonly uid?: string }
    }
  | { readonly kind: 'Unauthorized'; readonly message: string }
  | { readonly kind: 'Forbidden'; readonly message: string }
  | { readonly kind: 'TooMany'; readonly message: string }

/** What `createCallers` reviews tokens with, and counts time by. */
export type CallersOptions = {
  readonly reviews: CallerReviews
  readonly clock: Clock
  /** What tokens for the gate are made for. */
  readonly audience: string
}

/** Tells who calls the gate, from the bearer token alone. */
export interface Callers {
  /**
   * @param authorization the header of that name
   * @param from the address that the call came from
   * @throws what a review throws if the API server does not answer
   */
  identify(authorization: string | undefined, from: string): Promise<Caller>
}

/** Issuer of tokens that live in a Secret (type kubernetes.io/service-account-token). */
const secretIssuer = 'kubernetes/serviceaccount'

const keptMs = { Known: 60_000, Refused: 10_000 } as const
const mostKept = 4096
/**
 * For tokens that have not been seen before: enough for a cluster, and too few to trouble an API server. A Pod that makes tokens up uses
 * its own share, and the caller that comes from elsewhere is let in.
 */
export const newTokenRates = {
  each: { perSecond: 10, burst: 100 },
  all: { perSecond: 40, burst: 400 },
} as const

type Kept = { readonly caller: Promise<Caller>; readonly until: number; readonly wasKnown: boolean }

/**
 * Reviews a token by TokenReview, then by SubjectAccessReview for `create` on `approvalrequests/gate` in the caller's own
 * namespace, and keeps the answer: a minute if the caller may ask, ten seconds if not.
 */
export function createCallers(options: CallersOptions): Callers {
  const { clock } = options
  const kept = new Map<string, Kept>()
  const rate = sharedRate(newTokenRates, clock)
  const isOurs = issuerCheck(options)

  /** The newest are kept; whoever asks while a review is under way waits for the same. */
  function keep(id: string, entry: Kept): Promise<Caller> {
    kept.delete(id)
    const [oldest] = kept.keys()
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
    kept.set(id, entry)
    return entry.caller
  }

  async function reviewed(id: string, reviewing: Promise<Caller>): Promise<Caller> {
    try {
      const { kind } = await reviewing
      const until = clock.monotonicMs() + (kind === 'Known' ? keptMs.Known : keptMs.Refused)
      return await keep(id, { caller: reviewing, until, wasKnown: kind === 'Known' })
    } catch (error) {
      kept.delete(id)
      throw error
    }
  }

  return {
    identify: async (authorization, from) => {
      const token = bearerOf(authorization)
      const claims = token === undefined ? undefined : claimsOf(token)
      if (token === undefined || claims === undefined)
        return unauthorized('a ServiceAccount token is needed as bearer')
      if (claims.expiresAt !== undefined && clock.now().getTime() >= claims.expiresAt)
        return unauthorized('the token has expired')
      if (!(await isOurs(claims))) return unauthorized('the token is of another issuer')
      const id = fingerprint(token)
      const known = kept.get(id)
      if (known !== undefined && clock.monotonicMs() < known.until) return known.caller
      const wasKnown = known?.wasKnown === true
      // Who was known a minute ago is not kept out by those whom nobody knows.
      if (!wasKnown && !rate.take(from))
        return { kind: 'TooMany', message: 'too many tokens that are not known yet; try again' }
      const reviewing = review(options, token, claims)
      void keep(id, { caller: reviewing, until: Infinity, wasKnown }).catch(() => undefined)
      return reviewed(id, reviewing)
    },
  }
}

/** The issuer is learnt once; while that fails, nobody is let in. */
function issuerCheck({ reviews }: CallersOptions): (claims: Claims) => Promise<boolean> {
  let issuer: Promise<string | undefined> | undefined
  return async (claims) => {
    if (claims.issuer === secretIssuer) return true
    issuer ??= reviews.issuer().catch((error: unknown) => {
      issuer = undefined
      throw error
    })
    const ours = await issuer
    return ours === undefined || ours === claims.issuer
  }
}

async function review(
  { reviews, audience }: CallersOptions,
  token: string,
  { hasAudience }: Claims,
): Promise<Caller> {
  const user =
    (await reviews.authenticate(token, audience)) ??
    (hasAudience ? undefined : await reviews.authenticate(token, undefined))
  const namespace = namespaceOf(user)
  if (user === undefined || namespace === undefined) return unauthorized('the token is not valid here')
  const { username, uid } = user
  if (await reviews.mayAsk(user, namespace))
    return { kind: 'Known', namespace, requester: { username, ...(uid !== undefined && { uid }) } }
  const right = `create on approvalrequests/gate in namespace ${namespace}`
  return { kind: 'Forbidden', message: `${username} lacks the right ${right}` }
}

function namespaceOf(user: User | undefined): string | undefined {
  return serviceAccountOf(user?.username ?? '')?.namespace
}

function unauthorized(message: string): Caller {
  return { kind: 'Unauthorized', message }
}
