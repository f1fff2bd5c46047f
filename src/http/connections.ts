/**
 * Keeps a server's connections within a number, and shares them out between addresses. Whoever holds connections that ask nothing is
 * the first to lose one: a Pod that opens thousands loses its own, and keeps nobody else out.
 *
 * A connection works from the last byte of a request to the last byte of its answer. Before and after, it waits: for a TLS
 * handshake, for the rest of a request, for the next one.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How many connections a server keeps, and who is notified when it closes one to make room. */
export type ConnectionLimit = {
  /** The most connections at a time, TLS handshakes included. */
  readonly mostConnections: number
  /** Called for each connection that is closed to make room, with its address. */
  readonly onCrowded: (address: string) => void
}

type Connection = {
  readonly address: string
  readonly peer: string
  /** What is to be destroyed: the TLS socket once there is one. */
  socket: Socket
  request: IncomingMessage | undefined
}

/**
 * Closes a connection when there are too many: of an address that has most, the one that has waited longest, or the newest if
 * all of them work. Call it before the server listens.
 */
export function limitConnections(server: Server, { mostConnections, onCrowded }: ConnectionLimit): void {
  const open = createOpenConnections()
  server.prependListener('connection', (socket: Socket) => {
    open.add(socket)
    while (open.size > mostConnections) {
      const leaving = leastMissed(open.ofGreediest())
      if (leaving === undefined) return
      open.remove(leaving)
      leaving.socket.destroy()
      onCrowded(leaving.address)
    }
  })
  server.on('secureConnection', (socket: Socket) => {
    const connection = open.find(socket)
    if (connection === undefined) return
    connection.socket = socket
    socket.once('close', () => {
      open.remove(connection)
    })
  })
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.find(request.socket)
    if (connection === undefined) return
    connection.request = request
    response.once('close', () => {
      if (connection.request !== request) return
      connection.request = undefined
      open.touch(connection)
    })
  })
}

type OpenConnections = {
  readonly size: number
  add(socket: Socket): void
  find(socket: Socket): Connection | undefined
  remove(connection: Connection): void
  /** From now on it is the last that came. */
  touch(connection: Connection): void
  /** Those of the address that has the most, or of several that have as many; of each in the order in which they came. */
  ofGreediest(): readonly Connection[]
}

function createOpenConnections(): OpenConnections {
  // By peer and not by socket: a TLS socket is another object than the one that was accepted.
  const byPeer = new Map<string, Connection>()
  const byAddress = new Map<string, Set<Connection>>()
  function remove(connection: Connection): void {
    if (byPeer.get(connection.peer) !== connection) return
    byPeer.delete(connection.peer)
    const others = byAddress.get(connection.address)
    others?.delete(connection)
    if (others?.size === 0) byAddress.delete(connection.address)
  }
  return {
    get size() {
      return byPeer.size
    },
    add(socket) {
      const [peer, address] = [peerOf(socket), socket.remoteAddress ?? '']
      const connection: Connection = { address, peer, socket, request: undefined }
      byPeer.set(peer, connection)
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(connection))
      socket.once('close', () => {
        remove(connection)
      })
    },
    find: (socket) => byPeer.get(peerOf(socket)),
    remove,
    touch(connection) {
      const others = byAddress.get(connection.address)
      if (others?.delete(connection) === true) others.add(connection)
    },
    ofGreediest() {
      const all = [...byAddress.values()]
      const most = Math.max(...all.map(({ size }) => size))
      return all.filter(({ size }) => size === most).flatMap((those) => [...those])
    },
  }
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** The one that waits longest; if all of them work, the newest. */
function leastMissed(connections: readonly Connection[]): Connection | undefined {
  return connections.find(({ request }) => request?.complete !== true) ?? connections.at(-1)
}
