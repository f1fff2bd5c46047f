/** The one place that knows how requests come in: a Node server around a handler, bounded in time and size. */
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { bounded } from './body-limit.ts'
import { limitConnections } from './connections.ts'
import { createTlsServer } from './tls.ts'
import type { TlsFiles } from './tls.ts'

/** A server that accepts connections, and how to end it without cutting off an answer. */
export type ListeningServer = {
  /** Without a trailing slash; `localhost` where it listens on every address. */
  readonly url: string
  readonly port: number
  /** Goes on, but each answer closes its connection: the client's next one may lead to another replica. */
  drain(): void
  /** Takes no new connections, closes idle ones, and gives requests in flight a few seconds. */
  close(): Promise<void>
}

/** What a server answers with, where it listens, and its limits. */
export type ServeOptions = {
  /** @param from the address that it came from: of a proxy, where there is one */
  readonly fetch: (request: Request, from: string) => Response | Promise<Response>
  /** Without one, and with `::`, every address of the machine, of whichever families it has. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
  /** The default is 64 KiB; a larger body is answered with 413 and never reaches `fetch`. */
  readonly maxBodyBytes?: number
  /** That answer, for a server whose clients expect another form than plain text. */
  readonly onTooLarge?: () => Response
  /** Without, it serves plain HTTP. */
  readonly tls?: TlsFiles | undefined
  /** New files were found that make no pair. */
  readonly onRenewalFailed?: (error: unknown) => void
  /** Fewer for tests. */
  readonly mostConnections?: number
  /** Shorter for tests: after how long without a byte a connection is closed. */
  readonly silenceMs?: number
  /** Called for each connection that is closed to make room for another, with its address. */
  readonly onCrowded?: (address: string) => void
}

/** What each listener takes at most, by default; `docs/security.md` names these figures. */
export const listenerLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  /** Browsers and proxies send some thirty; more are answered with 431. 16 KiB could be two thousand pairs of strings. */
  headers: 100,
  headersMs: 10_000,
  requestMs: 30_000,
  /** Nothing was read or written for so long: a client that does not take its answer. No answer takes that long to make. */
  silenceMs: 60_000,
  /** Ten times what Argo Rollouts opens. With the largest headers and bodies they stay below 100 MiB, a third of the chart's limits. */
  connections: 512,
  /**
   * Of connections that are not accepted yet. Node's own 511 are opened within a tenth of a second by whoever wants to, and then the kernel
   * drops everybody's: a probe that is dropped comes again after a second. Linux allows as many by default (net.core.somaxconn).
   */
  unaccepted: 4096,
} as const

const keepAliveTimeoutMs = 5_000
const closeGraceMs = 5_000
const bounds = {
  headersTimeout: listenerLimits.headersMs,
  requestTimeout: listenerLimits.requestMs,
  keepAliveTimeout: keepAliveTimeoutMs,
  // Node's own interval is 30 s, so that half a request was kept for 40 s and not for 10 s.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: listenerLimits.headerBytes,
}

/**
 * Listens with a Fetch API handler, which no body of more than `maxBodyBytes` reaches.
 * @throws if it cannot listen there, or if there is no usable certificate
 */
export function serve({
  fetch,
  maxBodyBytes = listenerLimits.bodyBytes,
  onTooLarge = () => new Response('the body is too large\n', { status: 413 }),
  ...listening
}: ServeOptions): Promise<ListeningServer> {
  const handler = async (request: Request, { incoming }: Arrival): Promise<Response> => {
    const from = incoming.socket.remoteAddress ?? ''
    const accepted = await bounded(request, maxBodyBytes)
    return accepted === undefined ? onTooLarge() : fetch(accepted, from)
  }
  const listener = getRequestListener(handler, { overrideGlobalObjects: false })
  return listen((incoming, outgoing) => void listener(incoming, outgoing), listening)
}

/** What the listener tells of each request besides. */
type Arrival = { readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } } }

/** Where a plain Node handler listens, and within which limits. */
export type ListenOptions = Omit<ServeOptions, 'fetch' | 'maxBodyBytes' | 'onTooLarge'>

/**
 * Listens with a Node request listener, which must bound the bodies that it reads itself.
 * @throws if it cannot listen there, or if there is no usable certificate
 */
export async function listen(
  listener: RequestListener,
  { host, port, tls, onRenewalFailed = () => undefined, ...limits }: ListenOptions,
): Promise<ListeningServer> {
  const server = tls === undefined ? createServer(bounds) : createTlsServer(bounds, tls, onRenewalFailed)
  server.maxHeadersCount = listenerLimits.headers
  const { connections, silenceMs, unaccepted: backlog } = listenerLimits
  const { mostConnections = connections, onCrowded = () => undefined } = limits
  server.setTimeout(limits.silenceMs ?? silenceMs)
  limitConnections(server, { mostConnections, onCrowded })
  server.on('request', listener)
  let isDraining = false
  server.prependListener('request', (_request, response) => {
    if (isDraining) response.setHeader('connection', 'close')
  })
  // A connection that becomes idle only after `close` would be kept until its time-out.
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server
      .once('error', reject)
      .listen({ port, backlog, ...(host !== undefined && host !== '::' && { host }) }, resolve)
  })
  const taken = portOf(server)
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${nameOf(host)}:${taken}`,
    port: taken,
    drain: () => {
      isDraining = true
    },
    close: () => close(server),
  }
}

/** As it stands in a URL; an address that means every one leads nowhere. */
function nameOf(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return address.port
}

async function close(server: Server): Promise<void> {
  const force = setTimeout(() => {
    server.closeAllConnections()
  }, closeGraceMs)
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  clearTimeout(force)
}
