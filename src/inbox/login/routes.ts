/** GET /login and GET /login/callback: the authorization code flow at the provider, with a way back. */
import type { Context } from 'hono'
import type { Login } from '../../core/ports/login.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { isFresh, maxAgeSeconds } from './freshness.ts'
import { loginPath, messagePage } from '../views/pages.ts'
import type { Sessions } from './session.ts'

/** What a login needs, from the redirect to the session. */
export type LoginParts = {
  readonly login: Login
  readonly sessions: Sessions
  readonly clock: Clock
  readonly publicUrl: URL
}

/** The path of the redirect URI, which is registered at the provider. */
export const callbackPath = '/login/callback'

/**
 * Redirects to the provider (OpenID Connect Core §3.1.2.1) and remembers which page to come back to.
 * @throws if the provider cannot be reached
 */
export async function beginLogin(context: Context, { login, sessions }: LoginParts): Promise<Response> {
  const { redirectTo, transaction } = await login.begin()
  await sessions.rememberLogin(context, { transaction, returnTo: ownPath(context.req.query('to')) })
  return context.redirect(redirectTo.href, 303)
}

/**
 * Begins a session and redirects to the page that the login was for, or says why the person is not logged in (OpenID Connect
 * Core §3.1.2.5).
 */
export async function finishLogin(context: Context, parts: LoginParts): Promise<Response> {
  const { login, sessions, clock, publicUrl } = parts
  const begun = await sessions.takeLogin(context)
  if (begun === undefined)
    return context.html(
      messagePage({ ...failed, detail: 'It took too long, or was begun in another browser.' }),
      400,
    )
  const again = { href: loginPath(begun.returnTo), text: 'Log in again' }
  const { search } = new URL(context.req.url)
  const result = await login.finish(new URL(`${callbackPath}${search}`, publicUrl), begun.transaction)
  if (result.kind === 'Failed')
    return context.html(
      messagePage({ ...failed, detail: `The reason: ${result.error}.`, links: [again] }),
      403,
    )
  if (!isFresh(result.person, clock.now(), maxAgeSeconds.toOpen)) {
    const detail = 'The provider did not say that you logged in just now (auth_time), which an answer needs.'
    return context.html(messagePage({ ...failed, detail, links: [again] }), 403)
  }
  await sessions.start(context, result.person)
  return context.redirect(begun.returnTo, 303)
}

const failed = {
  title: 'You are not logged in',
  text: 'The login was not completed.',
  links: [{ href: '/login', text: 'Log in again' }],
}

/** Only pages of ours, so that nobody is led elsewhere after a login. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/requests\/[-a-z0-9]+\/[-a-z0-9.]+$/.test(to) ? to : '/'
}
