/** What stands before replicas of a web server: each request goes to the next one that takes it. */
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type Balancer = {
  readonly url: string
  /** In turns; none refuses every request. */
  forwardTo(addresses: readonly string[]): void
  /** How many requests nobody took. */
  turnedAway(): number
  close(): Promise<void>
}

/** @param onRequest told of the body of each request that came */
export async function startBalancer(onRequest: (body: string) => void = () => undefined): Promise<Balancer> {
  let turns: readonly URL[] = []
  let turnedAway = 0
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    onRequest(body.toString())
    const [target, ...others] = turns
    if (target === undefined) throw new Error('no replica runs')
    turns = [...others, target]
    const { method, url, rawHeaders } = incoming
    const forwarded = send(target, { method, path: url, headers: rawHeaders, agent: false }).end(body)
    const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders).end(await buffer(response))
  }
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => {
      turnedAway += 1
      incoming.socket.resetAndDestroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (addresses) => {
      turns = addresses.map((address) => new URL(address))
    },
    turnedAway: () => turnedAway,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
