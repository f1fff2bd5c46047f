/**
 * Ping delivery (CIBA Core §10.2). oidc-provider saves the answer, then posts `{"auth_req_id"}` with the client's notification
 * token to the endpoint that the file names; here is what it posts with.
 */
import type { Configuration } from 'oidc-provider'
import type { Client } from './people.ts'

/** The answer is saved, but the client was not notified. The message holds neither token nor `auth_req_id`. */
export class PingError extends Error {
  override readonly name = 'PingError'
  readonly code = 'ERR_PING'
}

/**
 * The endpoint as it is registered: oidc-provider takes https only; on loopback and inside a cluster http may be all there is.
 */
export function registeredEndpoint(endpoint: string): string {
  const url = new URL(endpoint)
  url.protocol = 'https:'
  return url.href
}

/**
 * For `fetch` of oidc-provider's configuration, which is called for pings alone: no client of the file has a `jwks_uri`.
 * The `signal` that comes along ends it after 2.5 seconds. The `dispatcher` that comes along is left out: it keeps clients that
 * register themselves away from private and loopback addresses, where all the clients of this provider are.
 * @throws PingError
 */
export function pingsTo(clients: readonly Client[]): NonNullable<Configuration['fetch']> {
  const endpoints = new Map(
    clients
      .flatMap((client) => (client.kind === 'Ciba' ? (client.notificationEndpoint ?? []) : []))
      .map((endpoint) => [registeredEndpoint(endpoint), endpoint]),
  )
  return async (input, init) => {
    const endpoint = endpoints.get(input instanceof Request ? input.url : String(input))
    if (endpoint === undefined) throw new TypeError('only notification endpoints of the file are called')
    const ping: RequestInit & { dispatcher?: unknown } = { ...init }
    delete ping.dispatcher
    const response = await fetch(endpoint, ping).catch((error: unknown) => {
      throw new PingError(`${endpoint} was not reached: ${reasonOf(error)}`, { cause: error })
    })
    await response.body?.cancel()
    if (response.status !== 200 && response.status !== 204)
      throw new PingError(`${endpoint} answered ${response.status}, not 204`)
    return response
  }
}

/** Of what `fetch` throws: a time-out by its name, else the code of the connection's error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason was given'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name
}
