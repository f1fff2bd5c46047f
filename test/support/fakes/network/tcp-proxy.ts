/** A TCP proxy for tests of outages: it can cut what runs through it and refuse what comes. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

export interface TcpProxy {
  readonly port: number
  /** Resets every connection and refuses new ones, until `restore`. */
  cut(): void
  restore(): void
  /** Keeps connections open but lets nothing through any more; new connections work. */
  stall(): void
}

/** Forwards to `target` until the test is over. */
export async function tcpProxy(t: TestContext, target: URL): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let isCut = false
  const server = createServer((incoming) => {
    if (isCut) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect(Number(target.port || 443), target.hostname)
    const pair = [incoming, outgoing] as const
    pairs.add(pair)
    incoming.pipe(outgoing).pipe(incoming)
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        for (const end of pair) end.destroy()
        pairs.delete(pair)
      })
    }
  })
  const reset = (): void => {
    for (const [incoming, outgoing] of pairs) {
      incoming.resetAndDestroy()
      outgoing.destroy()
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    reset()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      reset()
    },
    restore() {
      isCut = false
    },
    stall() {
      for (const [incoming, outgoing] of pairs) {
        outgoing.unpipe(incoming).pause()
        incoming.unpipe(outgoing).pause()
      }
    },
  }
}
