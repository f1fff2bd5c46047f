/** The client notification endpoint (CIBA Core §10.2). It never redirects, and says nothing to who has no token of ours. */
import { Hono } from 'hono'
import type { HonoRequest } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { pingPath } from '../api/names.ts'
import { bearerOf } from '../core/bearer.ts'
import type { Log } from '../core/ports/surroundings.ts'
import { faultResponse, isJson } from '../http/faults.ts'
import type { Fault, FaultReason } from '../http/faults.ts'
import { authReqIdIn } from './body.ts'
import type { Ping, PingOutcome } from './receive.ts'

type PingFault = Exclude<FaultReason, 'Forbidden' | 'NotReady'>
/** How a ping ended, or why it was refused: a label of the metric. */
export type PingAnswer = Exclude<PingOutcome, 'Foreign' | 'TooMany'> | PingFault

/** What the endpoint needs: the handler of a well-formed ping, the count, and the log. */
export type PingOptions = {
  readonly receive: (ping: Ping) => Promise<PingOutcome>
  /** Called with each answer, for the count of them. */
  readonly onAnswer: (answer: PingAnswer) => void
  readonly log: Log
}

const maxBodyBytes = 16_384

/** What `serve` needs of the endpoint. `onTooLarge` answers and counts a body that the server itself refuses, as the app does its own. */
export type PingApp = {
  readonly fetch: (request: Request) => Promise<Response>
  readonly onTooLarge: () => Response
}

/** Answers 204 to a ping with a token of ours, and an error in JSON to everything else (CIBA Core §10.2). */
export function createPing({ receive, onAnswer, log }: PingOptions): PingApp {
  const app = new Hono()
  const failed = (reason: PingFault, message: string): Response => {
    onAnswer(reason)
    return faultResponse({ reason, message }, reason === 'Unauthorized' ? invalidToken : {})
  }
  const onTooLarge = (): Response => failed('TooLarge', 'the body is too large')
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: onTooLarge })
  app.post(pingPath, limit, async ({ req }) => {
    const ping = await pingIn(req)
    if ('reason' in ping) return failed(ping.reason, ping.message)
    const outcome = await receive(ping)
    if (outcome === 'Foreign') return failed('Unauthorized', unauthorized)
    if (outcome === 'TooMany') return failed('TooMany', 'too many pings about this request; send it again')
    onAnswer(outcome)
    return new Response(undefined, { status: 204 })
  })
  app.all(pingPath, () => failed('MethodNotAllowed', 'only POST is answered here'))
  app.notFound(() => failed('NotFound', `nothing is at this path; pings go to ${pingPath}`))
  app.onError((error) => {
    log.warn('ping cannot be taken', { error: String(error) })
    return failed('Unavailable', 'the ping cannot be taken now; send it again')
  })
  return { fetch: async (request) => app.fetch(request), onTooLarge }
}

const unauthorized = 'the bearer must be the client_notification_token of the prompt that auth_req_id names'

/** RFC 6750 §3. */
const invalidToken = { 'www-authenticate': 'Bearer error="invalid_token"' }

async function pingIn(req: HonoRequest): Promise<Ping | Fault<PingFault>> {
  const token = bearerOf(req.header('authorization'))
  if (token === undefined) return { reason: 'Unauthorized', message: unauthorized }
  if (!isJson(req.header('content-type')))
    return { reason: 'UnsupportedMediaType', message: 'the body must be application/json' }
  const authReqId = authReqIdIn(await req.text())
  if (authReqId === undefined)
    return { reason: 'BadRequest', message: 'the body must be a JSON object with a string auth_req_id' }
  return { token, authReqId }
}
