/**
 * How fast logins may be begun: each is kept for minutes, and whoever knows a client's name can begin one. Who begins them as fast as
 * they can uses up the rate of their own address.
 */
import type { KoaContextWithOIDC } from 'oidc-provider'
import { sharedRate } from '../core/shared-rate.ts'

/** Of one address, and of all. Behind a proxy everybody has one address. */
export const loginRates = { each: { perSecond: 5, burst: 100 }, all: { perSecond: 20, burst: 400 } }
const clock = { monotonicMs: () => performance.now() }

type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>

/** Middleware for the authorization endpoint (RFC 6749 §3.1), which answers 429 to logins that are too many (RFC 6585 §4). */
export function loginRate(): Middleware {
  const rate = sharedRate(loginRates, clock)
  return async (ctx, next) => {
    if (ctx.path !== '/auth' || rate.take(ctx.req.socket.remoteAddress ?? '')) {
      await next()
      return
    }
    ctx.status = 429
    ctx.set('retry-after', '1')
    ctx.body = 'Too many logins are begun from this address. Try again in a second.\n'
  }
}
