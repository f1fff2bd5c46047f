/**
 * Every HTTP request to an OpenID Provider goes through here: bounded in size and time, no redirects, no HTTP/2; through the proxy
 * that HTTPS_PROXY names, unless NO_PROXY says otherwise.
 *
 * It is undici's `request` and not its `fetch`, since `fetch` sends a request again by itself after a 421, and decompresses
 * beyond any limit; and not the global `fetch`, which refuses an undici 8 Agent.
 */
import { buildConnector, EnvHttpProxyAgent, Pool, request } from 'undici'
import { addressRanges } from './no-proxy.ts'

/** How long each kind of request may take, and how large its answer may be. */
export type Limits = {
  readonly connectSeconds: number
  /** For discovery, keys, login and revocation. */
  readonly metadataSeconds: number
  readonly promptSeconds: number
  /** A provider may hold a token request open for 30 s (CIBA Core §10.1). */
  readonly tokenSeconds: number
  /** Of each answer. Many may be under way at once, in a process of a few hundred megabytes. */
  readonly bodyBytes: number
}

/** The limits in production; tests use shorter ones. */
export const defaultLimits: Limits = {
  connectSeconds: 5,
  metadataSeconds: 10,
  promptSeconds: 30,
  tokenSeconds: 35,
  bodyBytes: 256 * 1024,
}

type Exchange = {
  readonly method: string
  readonly headers: Headers | Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** At most this long; without it, as long as the longest of the limits. */
  readonly timeoutMs?: number
}

/** A `fetch` that fits as `customFetch` of openid-client and of jose. Rejects with a NoAnswerError, and with nothing else. */
export type BoundedFetch = (url: string, exchange: Exchange) => Promise<Response>

/** There is no HTTP answer. `sent: 'No'`: no connection came about, so the provider has seen nothing of the request. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly code = 'ERR_NO_ANSWER'
  readonly sent: 'No' | 'Maybe'

  constructor(sent: 'No' | 'Maybe', cause: unknown) {
    super(explanation(sent, cause), { cause })
    this.sent = sent
  }
}

type Connections = {
  readonly caBundle: string | undefined
  readonly limits: Limits
  /**
   * `Fresh` opens one for each request. A kept one may be closed by the server just as a request is written to it, and then
   * nobody can tell whether the request was read.
   */
  readonly reuse: 'Kept' | 'Fresh'
}

/**
 * Sends each request once, never through a redirect, and reads the whole answer within the limits.
 * @param caBundle PEM; if undefined, what Node trusts
 */
export function createBoundedFetch({ caBundle, limits, reuse }: Connections): BoundedFetch {
  const longestMs = Math.ceil(Math.max(limits.promptSeconds, limits.tokenSeconds) * 1000)
  const options = {
    allowH2: false,
    maxResponseSize: limits.bodyBytes,
    headersTimeout: longestMs,
    bodyTimeout: longestMs,
    ...connecting(caBundle, Math.ceil(limits.connectSeconds * 1000)),
    ...(reuse === 'Fresh' && { pipelining: 0 }),
  }
  const byEnvironment = new EnvHttpProxyAgent(options)
  const direct = new EnvHttpProxyAgent({ ...options, httpsProxy: '' })
  const isInRange = addressRanges(options.noProxy)
  return async (url, { method, headers, body, signal, timeoutMs = longestMs }) => {
    const late = new AbortController()
    // Not AbortSignal.timeout: its timer stays until its time, long after the answer, once for each request.
    const timer = setTimeout(() => {
      late.abort(new DOMException('no answer in time', 'TimeoutError'))
    }, timeoutMs)
    try {
      const answer = await request(url, {
        dispatcher: isInRange(new URL(url).hostname) ? direct : byEnvironment,
        method,
        // Without this an answer may come compressed (RFC 9110 §12.5.3).
        headers: { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity' },
        body: textOf(body),
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
      })
      return await toResponse(answer)
    } catch (error) {
      throw error instanceof NoAnswerError ? error : new NoAnswerError('Maybe', error)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** To the provider, or to the proxy and through its tunnel. Plain HTTP is for a provider on loopback: no proxy leads there. */
function connecting(
  caBundle: string | undefined,
  timeout: number,
): EnvHttpProxyAgent.Options & { readonly noProxy: string } {
  const tls = { allowH2: false, timeout, ...(caBundle !== undefined && { ca: caBundle }) }
  const { no_proxy, NO_PROXY } = process.env
  return {
    httpProxy: '',
    noProxy: [no_proxy ?? NO_PROXY ?? '', 'localhost', '127.0.0.1', '::1'].join(),
    connect: tls,
    requestTls: tls,
    connectTimeout: timeout,
    clientFactory: (proxy, options) => new Pool(proxy, { ...options, headersTimeout: timeout }),
    factory: (origin, options: Pool.Options) =>
      new Pool(origin, { ...options, connect: notSent(options.connect) }),
  }
}

/** Errors of a connector come before the first byte of a request, TLS and tunnel included; undici hands them on as they are. */
function notSent(given: Pool.Options['connect']): buildConnector.connector {
  const connect = typeof given === 'function' ? given : buildConnector(given)
  return (options, callback) => {
    const refuse = (error: unknown): void => {
      callback(new NoAnswerError('No', error), null)
    }
    try {
      connect(options, (...[error, socket]) => {
        if (error === null) callback(null, socket)
        else refuse(error)
      })
    } catch (error) {
      refuse(error)
    }
  }
}

function textOf(body: unknown): string | null {
  if (body === undefined || body === null) return null
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('only text and forms are sent to a provider')
}

async function toResponse(answer: Awaited<ReturnType<typeof request>>): Promise<Response> {
  const bytes = await answer.body.arrayBuffer()
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    for (const item of [value ?? []].flat()) headers.append(name, item)
  return new Response(bytes.byteLength === 0 ? null : bytes, { status: answer.statusCode, headers })
}

const explanations: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host not found',
  UND_ERR_ABORTED: 'refused by the proxy',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is too large',
  UND_ERR_SOCKET: 'connection closed',
}

/** Codes only: an error's own message may quote what was received. */
function explanation(sent: 'No' | 'Maybe', cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer'
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'no answer in time'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
  return `${explanations[code] ?? (sent === 'No' ? 'no connection' : 'no answer')} (${code})`
}
