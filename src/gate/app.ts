/**
 * The gate's routes. Argo Rollouts takes any 2xx without JSON for a success and follows redirects: neither ever leaves here, and
 * what cannot be answered is an error.
 */
import { Hono } from 'hono'
import type { HonoRequest } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { argoRolloutsGatePath } from '../api/names.ts'
import type { Gate } from '../core/gate/argo-rollouts/standing.ts'
import type { Verdict } from '../core/gate/verdict.ts'
import type { Log } from '../core/ports/surroundings.ts'
import type { KnownCaller, Mode } from './answer.ts'
import { gateFrom } from './body.ts'
import type { Callers } from './callers.ts'
import { fitted } from './fitted.ts'

type FaultReason = keyof typeof statuses
export type Answer = Verdict['decision'] | FaultReason

export type GateOptions = {
  readonly callers: Callers
  /** Undefined while the gate knows nothing yet: no Argo Rollouts, or its objects have not been read. */
  readonly answer: (call: {
    readonly caller: KnownCaller
    readonly gate: Gate
    readonly mode: Mode
  }) => Promise<Verdict> | undefined
  /** Told of each answer, for the count of them. */
  readonly onAnswer: (answer: Answer) => void
  readonly log: Log
}

const maxBodyBytes = 4096

/** What `serve` needs of the gate. `onTooLarge` answers and counts a body that the server itself refuses, as the app does its own. */
export type GateApp = {
  readonly fetch: (request: Request) => Promise<Response>
  readonly onTooLarge: () => Response
}

export function createGate(options: GateOptions): GateApp {
  const app = new Hono()
  const fault = (reason: FaultReason, message: string): Response => {
    options.onAnswer(reason)
    return faultResponse(reason, message)
  }
  const onTooLarge = (): Response => fault('TooLarge', 'the body is too large')
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: onTooLarge })
  for (const [path, mode] of [
    [argoRolloutsGatePath, 'Ask'],
    [`${argoRolloutsGatePath}/verify`, 'Verify'],
  ] as const) {
    app.post(path, limit, async ({ req }) => {
      const answered = await answerTo(options, req, mode)
      if ('reason' in answered) return fault(answered.reason, answered.message)
      options.onAnswer(answered.verdict.decision)
      return Response.json({ gate: fitted(answered.verdict) }, { headers: noStore })
    })
    app.all(path, () => fault('MethodNotAllowed', 'only POST is answered here'))
  }
  app.notFound(() => fault('NotFound', 'there is no gate at this path'))
  app.onError((error) => {
    options.log.warn('gate cannot answer', { error: String(error) })
    return fault('Unavailable', 'the gate cannot answer now; ask again')
  })
  return { fetch: async (request) => app.fetch(request), onTooLarge }
}

type Answered = { readonly verdict: Verdict } | { readonly reason: FaultReason; readonly message: string }

async function answerTo({ callers, answer }: GateOptions, req: HonoRequest, mode: Mode): Promise<Answered> {
  const caller = await callers.identify(req.header('authorization'))
  if (caller.kind !== 'Known') return { reason: caller.kind, message: caller.message }
  if (!/^application\/json\b/i.test(req.header('content-type') ?? ''))
    return { reason: 'UnsupportedMediaType', message: 'the body must be application/json' }
  const gate = gateFrom(await req.text())
  if (typeof gate === 'string') return { reason: 'BadRequest', message: gate }
  const verdict = await answer({ caller, gate, mode })
  if (verdict !== undefined) return { verdict }
  return { reason: 'NotReady', message: 'the Rollouts of the cluster are not known yet' }
}

const statuses = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  TooLarge: 413,
  UnsupportedMediaType: 415,
  TooMany: 429,
  NotReady: 503,
  Unavailable: 503,
} as const

/** RFC 9110 §15.5: some statuses come with a field that says how to do better. */
const headers: Partial<Record<FaultReason, Readonly<Record<string, string>>>> = {
  Unauthorized: { 'www-authenticate': 'Bearer' },
  MethodNotAllowed: { allow: 'POST' },
  TooMany: { 'retry-after': '1' },
}
const noStore = { 'cache-control': 'no-store' }

function faultResponse(reason: FaultReason, message: string): Response {
  const init = { status: statuses[reason], headers: { ...noStore, ...headers[reason] } }
  return Response.json({ error: { reason, message } }, init)
}
