import { setTimeout as wait } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { apiErrorFrom, KubernetesApiError, KubernetesUnreachableError } from './api-error.ts'
import { BodyTooLargeError, createBodies, largestBody } from './body.ts'
import type { Bodies } from './body.ts'
import { openConnections } from './connections.ts'
import type { ApiRequest, Connections, Lane } from './connections.ts'
import type { CredentialSource } from './credentials.ts'

const defaultTimeoutMs = 30_000
const largestErrorBody = 64 * 1024
const mostRepetitions = 3
const longestPauseSeconds = 5

/**
 * HTTP to the API server. Whatever is not a success is thrown as `KubernetesApiError`, the lack of an answer as
 * `KubernetesUnreachableError`, the caller's abort as the reason of its signal.
 */
export interface Transport {
  /** @returns the JSON that was answered */
  request(request: ApiRequest): Promise<unknown>
  /** @returns the bytes of a watch; only the signal and the API server end it */
  stream(request: ApiRequest): Promise<AsyncIterable<Uint8Array>>
  /** Waits for requests under way and cuts watches. */
  close(): Promise<void>
}

function observed(connections: Connections, onExchange: ExchangeObserver): Connections {
  return {
    ...connections,
    send: async (request, lane, signal) => {
      try {
        const response = await connections.send(request, lane, signal)
        onExchange(request.method, response.statusCode)
        return response
      } catch (error) {
        onExchange(request.method, undefined)
        throw error
      }
    },
  }
}

type Response = Dispatcher.ResponseData
type Send = (request: ApiRequest, lane: Lane, signal: AbortSignal) => Promise<Response>

/** Called for each HTTP exchange, for metrics. `status` is undefined if no answer came. */
export type ExchangeObserver = (method: ApiRequest['method'], status: number | undefined) => void

/**
 * Calls of one API server over shared connections. After a 401 the credentials are read again and the call is sent once more;
 * a read that was throttled is repeated, a write is not.
 */
export function createTransport(
  credentials: CredentialSource,
  onExchange: ExchangeObserver = () => undefined,
): Transport {
  const connections = observed(openConnections(credentials), onExchange)
  const send: Send = async (request, lane, signal) => {
    const response = await connections.send(request, lane, signal)
    if (response.statusCode !== 401) return response
    // 401 means that nothing was done, so any request may be sent again; a rotated token is the usual cause.
    await response.body.dump()
    credentials.reload()
    return connections.send(request, lane, signal)
  }
  const bodies = createBodies()
  return {
    request: (request) => call({ send, bodies }, request),
    stream: (request) => open({ send, bodies }, request),
    close: () => connections.close(),
  }
}

type Channel = { readonly send: Send; readonly bodies: Bodies }

async function call({ send, bodies }: Channel, request: ApiRequest): Promise<unknown> {
  const { signal, clear } = timeLimit(request)
  try {
    for (let repetitions = 0; ; repetitions += 1) {
      const response = await send(request, laneOf(request), signal)
      if (isSuccess(response)) return await bodies.read(response.body, largestBody, parsedStrictly)
      const error = await errorFrom(response, bodies)
      if (!mayRepeat(request, error) || repetitions === mostRepetitions) throw error
      await wait((error.retryAfterSeconds ?? 1) * 1000, undefined, { signal })
    }
  } catch (error) {
    throw explained(error, request)
  } finally {
    clear()
  }
}

/** A dry run is a read as well. */
function laneOf({ method, query }: ApiRequest): Lane {
  return method === 'GET' || query?.dryRun !== undefined ? 'Reads' : 'Writes'
}

async function open({ send, bodies }: Channel, request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
  const { signal, clear } = timeLimit(request)
  try {
    const response = await send(request, 'Watches', signal)
    if (isSuccess(response)) return bytesOf(response, request)
    throw await errorFrom(response, bodies)
  } catch (error) {
    throw explained(error, request)
  } finally {
    clear()
  }
}

type TimeLimit = { readonly signal: AbortSignal; readonly clear: () => void }

/** Aborts in time, or when the caller does. AbortSignal.timeout would keep its timer long after the answer, once for each request. */
function timeLimit({ timeoutMs = defaultTimeoutMs, signal }: ApiRequest): TimeLimit {
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort(new DOMException('no answer in time', 'TimeoutError'))
  }, timeoutMs)
  return {
    signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    clear: () => {
      clearTimeout(timer)
    },
  }
}

async function* bytesOf(response: Response, request: ApiRequest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    throw explained(error, request)
  }
}

function isSuccess(response: Response): boolean {
  return response.statusCode >= 200 && response.statusCode < 300
}

async function errorFrom(response: Response, bodies: Bodies): Promise<KubernetesApiError> {
  const retryAfter = response.headers['retry-after']
  const body = await bodies.read(response.body, largestErrorBody, parsed)
  return apiErrorFrom(body, { status: response.statusCode, retryAfter: retryAfter?.toString() })
}

function parsedStrictly(body: string): unknown {
  return JSON.parse(body)
}

/** A proxy in between may answer with a page instead of a Status. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Reads only: a write that was throttled is the caller's to reconsider. */
function mayRepeat(request: ApiRequest, error: KubernetesApiError): boolean {
  const { status, retryAfterSeconds = Infinity } = error
  return request.method === 'GET' && [429, 503].includes(status) && retryAfterSeconds <= longestPauseSeconds
}

/** Tells the caller's abort, the API server's answers and everything else apart. */
function explained(error: unknown, request: ApiRequest): unknown {
  if (request.signal?.aborted === true) return request.signal.reason
  if (error instanceof KubernetesApiError || error instanceof BodyTooLargeError) return error
  const what = error instanceof Error ? error.message : String(error)
  return new KubernetesUnreachableError(
    `${request.method} ${request.path} got no usable answer: ${what}`,
    error,
  )
}
