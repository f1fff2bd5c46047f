import { Agent, request as sendHttp } from 'undici'
import type { Dispatcher } from 'undici'
import packageJson from '../../../package.json' with { type: 'json' }
import type { CredentialSource, TlsOptions } from './credentials.ts'

/** The API server takes the part before the slash as the field manager of what is written. */
const userAgent = `countersign/${packageJson.version}`

/** One call of the API server: path and query without its address, the body as it becomes JSON. */
export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** For the whole exchange, repetitions included; for a watch until it is opened. */
  readonly timeoutMs?: number | undefined
}

/**
 * Three pools of connections. `Watches` are open for minutes. `Writes` are what somebody waits for; under load hundreds of
 * `Reads` would be before each of them.
 */
export type Lane = 'Reads' | 'Writes' | 'Watches'

/** Sockets to the API server, shared by all requests and renewed when its CA or our certificate changes. */
export interface Connections {
  /** One HTTP exchange, never repeated. */
  send(request: ApiRequest, lane: Lane, signal: AbortSignal): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

type Agents = Readonly<Record<Lane, Agent>> & { readonly tls: string; readonly from: TlsOptions }

/**
 * Connections that follow the credentials: where CA or certificate change, new ones are opened, and calls that run end on the
 * old ones.
 */
export function openConnections(credentials: CredentialSource): Connections {
  let agents: Agents | undefined

  function agentsFor(tls: TlsOptions): Agents {
    // What was read once is the same object for each call.
    if (agents?.from === tls) return agents
    const fingerprint = Object.values(tls).map(String).join()
    if (agents?.tls === fingerprint) {
      agents = { ...agents, from: tls }
      return agents
    }
    // Requests under way end on the connections that they began on.
    void Promise.all([agents?.Reads.close(), agents?.Writes.close(), agents?.Watches.close()])
    agents = {
      tls: fingerprint,
      from: tls,
      Reads: anAgent(tls, 300_000),
      Writes: anAgent(tls, 300_000),
      Watches: anAgent(tls, 0),
    }
    return agents
  }

  return {
    async send(request, lane, signal) {
      const { server, headers, tls } = await credentials.current()
      return sendHttp(urlOf(server, request), {
        method: request.method,
        headers: { ...headers, ...ourHeaders },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal,
        dispatcher: agentsFor(tls)[lane],
      })
    },
    async close() {
      await Promise.all([agents?.Reads.close(), agents?.Writes.close(), agents?.Watches.destroy()])
    },
  }
}

const ourHeaders = {
  'user-agent': userAgent,
  accept: 'application/json',
  'content-type': 'application/json',
}

/** HTTP/1.1: on one HTTP/2 connection a watch that stalls would hold up the writes beside it. */
function anAgent(tls: TlsOptions, bodyTimeout: number): Agent {
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 }
  return new Agent({ allowH2: false, connections: 16, headersTimeout: 60_000, bodyTimeout, connect })
}

function urlOf(server: URL, request: ApiRequest): URL {
  const url = new URL(server)
  url.pathname = server.pathname.replace(/\/$/, '') + request.path
  url.search = new URLSearchParams(request.query).toString()
  return url
}
