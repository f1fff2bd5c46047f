/** GET /login and GET /login/callback: the authorization code flow at the provider, with a way back. */
import type { Context } from 'hono'
import { valuesInWords } from '../../core/answer/strength.ts'
import type { LoggedInPerson, Login } from '../../core/ports/login.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { shown } from '../../core/provider/names.ts'
import { isFresh, maxAgeSeconds } from './freshness.ts'
import { acrValuesIn, hasAcr } from './strength.ts'
import { loginPath, messagePage } from '../views/pages.ts'
import type { Message } from '../views/pages.ts'
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
  const acrValues = acrValuesIn(context.req.query('acr_values'))
  const { redirectTo, transaction } = await login.begin(acrValues)
  const returnTo = ownPath(context.req.query('to'))
  await sessions.rememberLogin(context, { transaction, returnTo, acrValues })
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
  const { acrValues = [] } = begun
  const again = { href: loginPath(begun.returnTo, acrValues), text: 'Log in again' }
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
  if (!hasAcr(result.person, acrValues))
    return context.html(messagePage({ ...tooWeak(result.person, acrValues), links: [again] }), 403)
  await sessions.start(context, result.person)
  return context.redirect(begun.returnTo, 303)
}

const failed = {
  title: 'You are not logged in',
  text: 'The login was not completed.',
  links: [{ href: '/login', text: 'Log in again' }],
}

/** The session before it stays as it was. */
function tooWeak({ acr }: LoggedInPerson, acrValues: readonly string[]): Message {
  return {
    title: 'This login is not strong enough',
    text: `The policy of this request requires a login with the acr ${valuesInWords(acrValues, 'or')}. The provider logged you in with ${acr === undefined ? 'no acr' : shown(acr)}.`,
    detail:
      'Log in with the second factor, if you have one. If you were not asked for one, whoever runs the provider has to set that up.',
  }
}

/** Only pages of ours, so that nobody is led elsewhere after a login. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/requests\/[-a-z0-9]+\/[-a-z0-9.]+$/.test(to) ? to : '/'
}
