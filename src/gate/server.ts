/**
 * The gate's routes: who calls is found here, what is asked and answered is a tool's own. Argo Rollouts takes any 2xx without JSON
 * for a success and follows redirects: neither ever leaves here, and what cannot be answered is an error.
 */
import { Hono } from 'hono'
import type { HonoRequest } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Verdict } from '../core/gate/verdict.ts'
import type { Log } from '../core/ports/surroundings.ts'
import { faultResponse, isJson } from '../http/faults.ts'
import type { Fault, FaultReason } from '../http/faults.ts'
import type { Caller, Callers } from './callers.ts'

/** A caller that is authenticated and authorized, as a route receives it. */
export type KnownCaller = Extract<Caller, { kind: 'Known' }>

/** One thing that a delivery tool may ask, by POST to `path`. */
export type GateRoute = {
  readonly path: string
  /** @param body the call's JSON, not parsed yet */
  readonly answer: (caller: KnownCaller, body: string) => Promise<Answered | Fault>
}

/** The answer of a route: the decision for the metric, and the body for the tool. */
export type Answered = {
  readonly decision: Verdict['decision']
  /** JSON as this tool reads it. */
  readonly body: unknown
}

/** What may be counted: a decision, or the reason why there was none. */
export type Answer = Verdict['decision'] | FaultReason

/** What `createGate` serves: the callers that it knows, and the routes of each delivery tool. */
export type GateOptions = {
  readonly callers: Callers
  readonly routes: readonly GateRoute[]
  /** Called with each answer, for the count of them. */
  readonly onAnswer: (answer: Answer) => void
  readonly log: Log
}

const maxBodyBytes = 4096

/** What `serve` needs of the gate. `onTooLarge` answers and counts a body that the server itself refuses, as the app does its own. */
export type GateApp = {
  readonly fetch: (request: Request, from: string) => Promise<Response>
  readonly onTooLarge: () => Response
}

/**
 * Authenticates each call, bounds its body, and answers with JSON only: 200 with a decision, or an error status with a reason.
 */
export function createGate({ callers, routes, onAnswer, log }: GateOptions): GateApp {
  const app = new Hono<{ Bindings: Peer }>()
  const failed = (reason: FaultReason, message: string): Response => {
    onAnswer(reason)
    return faultResponse({ reason, message })
  }
  const onTooLarge = (): Response => failed('TooLarge', 'the body is too large')
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: onTooLarge })
  for (const route of routes) {
    app.post(route.path, limit, async ({ req, env }) => {
      const answered = await answerTo(route, req, callers.identify(req.header('authorization'), env.address))
      if ('reason' in answered) return failed(answered.reason, answered.message)
      onAnswer(answered.decision)
      return Response.json(answered.body, { headers: { 'cache-control': 'no-store' } })
    })
    app.all(route.path, () => failed('MethodNotAllowed', 'only POST is answered here'))
  }
  app.notFound(() => failed('NotFound', 'there is no gate at this path'))
  app.onError((error) => {
    log.warn('gate cannot answer', { error: String(error) })
    return failed('Unavailable', 'the gate cannot answer now; ask again')
  })
  return { fetch: async (request, from) => app.fetch(request, { address: from }), onTooLarge }
}

/** Who holds the other end of the connection. */
type Peer = { readonly address: string }

async function answerTo(
  { answer }: GateRoute,
  req: HonoRequest,
  calling: Promise<Caller>,
): Promise<Answered | Fault> {
  const caller = await calling
  if (caller.kind !== 'Known') return { reason: caller.kind, message: caller.message }
  if (!isJson(req.header('content-type')))
    return { reason: 'UnsupportedMediaType', message: 'the body must be application/json' }
  return answer(caller, await req.text())
}
