/** The inbox: where a person sees and answers prompts when the provider brings no app of its own. */
import { Hono } from 'hono'
import type { ApprovalRequest } from '../api/objects.ts'
import type { AuthenticationChannel } from '../core/ports/channel.ts'
import type { Resource } from '../core/ports/cluster.ts'
import type { Login } from '../core/ports/login.ts'
import type { CookieSealer } from '../core/ports/sealing.ts'
import type { Clock, Log } from '../core/ports/surroundings.ts'
import { receiveAnswer } from './answer/route.ts'
import { receivePrompt } from './channel/endpoint.ts'
import { acrValuesFor, isLoginFor } from './login/strength.ts'
import { securityHeaders } from './headers.ts'
import { beginLogin, callbackPath, finishLogin } from './login/routes.ts'
import { addressOf, createLookUp, isGone } from './prompts/look-up.ts'
import type { LookUp } from './prompts/look-up.ts'
import { gonePage, outcomePage } from './views/outcome.ts'
import { openQuestionOf, requestPage } from './views/request.ts'
import { listPage } from './views/list.ts'
import { loginPath, messagePage, notFoundPage } from './views/pages.ts'
import type { Prompts } from './prompts/store.ts'
import { refusalLog } from './channel/refusals.ts'
import { createSessions } from './login/session.ts'
import type { Sessions } from './login/session.ts'
import { waitingFor } from './prompts/waiting.ts'

/** What the inbox reads, keeps and calls; the program builds it. */
export type InboxParts = {
  readonly requests: Pick<Resource<ApprovalRequest>, 'get'>
  readonly prompts: Prompts
  readonly login: Login
  readonly channel: AuthenticationChannel
  readonly cookies: CookieSealer
  readonly clock: Clock
  /** Where browsers find the inbox; an origin without a path. */
  readonly publicUrl: URL
  /** After so long without a word about it an answer may be given again. */
  readonly claimSeconds: number
  readonly log: Log
}

/**
 * The inbox as a Hono app: pages, login, `/channel` for the provider, and `/healthz`. An error becomes a page with status 503.
 */
export function createInbox(parts: InboxParts): Hono {
  const sessions = createSessions(parts.cookies, parts.publicUrl)
  const all = { ...parts, sessions, lookUp: createLookUp(parts), onForeign: refusalLog(parts) }

  const app = new Hono()
  const headers = securityHeaders(parts.publicUrl)
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
  })
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.post('/channel', (context) => receivePrompt(context, all))
  app.get('/login', (context) => beginLogin(context, all))
  app.get(callbackPath, (context) => finishLogin(context, all))
  addPages(app, all)
  app.notFound((context) => context.html(notFoundPage(undefined, '/'), 404))
  app.onError((error, context) => {
    parts.log.error('request failed', { path: context.req.path, error: `${error.name}: ${error.message}` })
    return context.html(messagePage(unavailable), 503)
  })
  return app
}

type PageParts = InboxParts & {
  readonly sessions: Sessions
  readonly lookUp: LookUp
}

function addPages(app: Hono, parts: PageParts): void {
  const { sessions, lookUp, clock } = parts
  app.get('/', async (context) => {
    const session = await sessions.read(context)
    if (session === undefined) return context.redirect(loginPath('/'), 303)
    const waiting = await waitingFor(session.person, parts)
    return context.html(listPage({ ...waiting, person: session.person, now: clock.now() }))
  })
  app.get('/requests/:namespace/:name', async (context) => {
    const session = await sessions.read(context)
    if (session === undefined) return context.redirect(loginPath(context.req.path), 303)
    const { person } = session
    const shown = await lookUp(addressOf(context), person)
    if (shown === undefined) return context.html(notFoundPage(person, context.req.path), 404)
    if (isGone(shown)) return context.html(gonePage(shown.prompt, person), 410)
    const { question } = shown
    if (question.kind !== 'Open')
      return context.html(
        outcomePage({ ...shown, question, person }),
        question.kind === 'Answered' ? 200 : 409,
      )
    if (!isLoginFor(shown.request, person, { purpose: 'toOpen', now: clock.now() }))
      return context.redirect(loginPath(context.req.path, acrValuesFor(shown.request)), 303)
    return context.html(requestPage(openQuestionOf({ ...shown, question }, session, clock.now())))
  })
  app.post('/requests/:namespace/:name/answer', (context) => receiveAnswer(context, parts))
}

const unavailable = {
  title: 'Not possible at the moment',
  text: 'The cluster or the provider cannot be reached. Nothing was answered; try again shortly.',
}
