import { setTimeout as wait } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { apiErrorFrom, KubernetesApiError, KubernetesUnreachableError } from './api-error.ts'
import { openConnections } from './connections.ts'
import type { ApiRequest, Connections, Lane } from './connections.ts'
import type { CredentialSource } from './credentials.ts'

const defaultTimeoutMs = 30_000
const largestBody = 64 * 1024 * 1024
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

/** Told of each HTTP exchange, for metrics. `status` is undefined if no answer came. */
export type ExchangeObserver = (method: ApiRequest['method'], status: number | undefined) => void

/** Requests to one API server over shared connections. */
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
  return {
    request: (request) => call(send, request),
    stream: (request) => open(send, request),
    close: () => connections.close(),
  }
}

async function call(send: Send, request: ApiRequest): Promise<unknown> {
  const { signal, clear } = timeLimit(request)
  try {
    for (let repetitions = 0; ; repetitions += 1) {
      const response = await send(request, laneOf(request), signal)
      const body = await readBody(response)
      if (isSuccess(response)) return JSON.parse(body)
      const error = errorFrom(response, body)
      if (!mayRepeat(request, error) || repetitions === mostRepetitions) throw error
      await wait((error.retryAfterSeconds ?? 1) * 1000, undefined, { signal })
    }
  } catch (error) {
    throw explained(error, request)
  } finally {
    clear()
  }
}

/** A dry run is a question too. */
function laneOf({ method, query }: ApiRequest): Lane {
  return method === 'GET' || query?.dryRun !== undefined ? 'Reads' : 'Writes'
}

async function open(send: Send, request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
  const { signal, clear } = timeLimit(request)
  try {
    const response = await send(request, 'Watches', signal)
    if (isSuccess(response)) return bytesOf(response, request)
    throw errorFrom(response, await readBody(response))
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

async function readBody(response: Response): Promise<string> {
  const limit = isSuccess(response) ? largestBody : largestErrorBody
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limit)
      throw new KubernetesUnreachableError(`the API server's answer is larger than ${limit} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function isSuccess(response: Response): boolean {
  return response.statusCode >= 200 && response.statusCode < 300
}

function errorFrom(response: Response, body: string): KubernetesApiError {
  const retryAfter = response.headers['retry-after']
  return apiErrorFrom(parsed(body), { status: response.statusCode, retryAfter: retryAfter?.toString() })
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
  if (error instanceof KubernetesApiError) return error
  const what = error instanceof Error ? error.message : String(error)
  return new KubernetesUnreachableError(
    `${request.method} ${request.path} got no usable answer: ${what}`,
    error,
  )
}
