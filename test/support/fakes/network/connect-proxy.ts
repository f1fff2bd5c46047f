/** An HTTP proxy that opens tunnels, all of them to one server on loopback, whatever name they are for. */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export type ConnectProxy = {
  readonly url: string
  /** What it was asked for, with the credentials that came along. */
  readonly asked: readonly { readonly host: string; readonly authorization: string | undefined }[]
  close(): void
}

/** @param port of the server; without one no tunnel is opened, and with `Hangs` no answer is given */
export async function startConnectProxy(port: number | 'Refuses' | 'Hangs'): Promise<ConnectProxy> {
  const asked: { host: string; authorization: string | undefined }[] = []
  const open = new Set<Duplex>()
  const server = createServer()
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Duplex) => {
    asked.push({ host: url, authorization: headers['proxy-authorization'] })
    open.add(socket)
    socket.on('error', () => undefined)
    if (port === 'Refuses') socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    if (typeof port !== 'number') return
    const onwards = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(onwards).pipe(socket)
    })
    onwards.on('error', () => socket.destroy())
    socket.once('close', () => onwards.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
