/** The one place that knows how requests come in: a Node server around a handler, bounded in time and size. */
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { bounded } from './body-limit.ts'
import { createTlsServer, type TlsFiles } from './tls.ts'

export type ListeningServer = {
  readonly url: string
  readonly port: number
  /** Goes on, but each answer closes its connection: the client's next one may lead to another replica. */
  drain(): void
  /** Takes no new connections, closes idle ones, and gives requests in flight a few seconds. */
  close(): Promise<void>
}

export type ServeOptions = {
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Without one, every address of the machine. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
  /** The default is 64 KiB; a larger body is answered with 413. */
  readonly maxBodyBytes?: number
  /** Without, it serves plain HTTP. */
  readonly tls?: TlsFiles | undefined
  /** New files were found that make no pair. */
  readonly onRenewalFailed?: (error: unknown) => void
}

const defaultMaxBodyBytes = 64 * 1024
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
const keepAliveTimeoutMs = 5_000
const closeGraceMs = 5_000
const timeouts = {
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
}

export function serve({
  fetch,
  maxBodyBytes = defaultMaxBodyBytes,
  ...listening
}: ServeOptions): Promise<ListeningServer> {
  const handler = async (request: Request): Promise<Response> => {
    const accepted = await bounded(request, maxBodyBytes)
    return accepted === undefined ? new Response('the body is too large\n', { status: 413 }) : fetch(accepted)
  }
  const listener = getRequestListener(handler, { overrideGlobalObjects: false })
  return listen((incoming, outgoing) => void listener(incoming, outgoing), listening)
}

/** For handlers that are not Request → Response; they bound the bodies that they read themselves. */
export async function listen(
  listener: RequestListener,
  { host, port, tls, onRenewalFailed = () => undefined }: Omit<ServeOptions, 'fetch' | 'maxBodyBytes'>,
): Promise<ListeningServer> {
  const server = tls === undefined ? createServer(timeouts) : createTlsServer(timeouts, tls, onRenewalFailed)
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
    server.once('error', reject).listen({ port, host }, resolve)
  })
  const taken = portOf(server)
  const name = host?.includes(':') === true ? `[${host}]` : (host ?? 'localhost')
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${taken}`,
    port: taken,
    drain: () => {
      isDraining = true
    },
    close: () => close(server),
  }
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
