/** An HTTP proxy before an OpenID Provider: it counts requests, and loses the one that a test wants lost. */
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type ProviderProxy = {
  readonly url: string
  /** To be called once, before the first request. */
  forwardTo(address: string): void
  /** How many requests to this path have come so far, lost ones included. */
  count(path: string): number
  /** Resets the connection of the next request that fits. */
  loseNext(loss: Loss): void
  close(): Promise<void>
}

/** The request before the provider has seen it, or its response with this status after the provider has acted. */
export type Loss =
  | { readonly path: string; readonly what: 'Request' }
  | { readonly path: string; readonly what: 'Response'; readonly status: number }

export async function startProviderProxy(): Promise<ProviderProxy> {
  const counts = new Map<string, number>()
  const losses = new Set<Loss>()
  let target = new URL('http://127.0.0.1:1')

  const isLost = (fits: (loss: Loss) => boolean): boolean => {
    const loss = [...losses].find(fits)
    return loss !== undefined && losses.delete(loss)
  }
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url?.split('?')[0] ?? ''
    counts.set(path, (counts.get(path) ?? 0) + 1)
    if (isLost((loss) => loss.path === path && loss.what === 'Request')) {
      incoming.socket.resetAndDestroy()
      return
    }
    const response = await forward(incoming, target)
    const body = await buffer(response)
    const status = response.statusCode ?? 502
    if (isLost((loss) => loss.path === path && loss.what === 'Response' && loss.status === status))
      incoming.socket.resetAndDestroy()
    else outgoing.writeHead(status, response.rawHeaders).end(body)
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.resetAndDestroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (address) => {
      target = new URL(address)
    },
    count: (path) => counts.get(path) ?? 0,
    loseNext: (loss) => void losses.add(loss),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** With the `Host` that was asked for, from which the provider makes its addresses. */
async function forward(incoming: IncomingMessage, target: URL): Promise<IncomingMessage> {
  const { method, url, rawHeaders } = incoming
  const outgoing = send(target, { method, path: url, headers: rawHeaders, agent: false })
  incoming.pipe(outgoing)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response
}
