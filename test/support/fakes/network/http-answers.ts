/** What a scripted server may answer, and how it may fail to. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export type Handler = (response: ServerResponse, request: IncomingMessage) => void

/** Answers JSON with this status. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** Answers text, which no provider should, with this status. */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)
  }
}

/** The same, so many milliseconds later. */
export function late(ms: number, answer: Handler): Handler {
  return (...exchange) => {
    const timer = setTimeout(answer, ms, ...exchange)
    exchange[0].once('close', () => {
      clearTimeout(timer)
    })
  }
}

/** Ways not to answer. */
export const oddities = {
  reset: (response) => response.socket?.resetAndDestroy(),
  closed: (response) => response.socket?.destroy(),
  silence: () => undefined,
  slowBody: (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
  hugeBody: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let left = 50 * 16
    const more = (): void => {
      while (left > 0 && response.write(chunk)) left -= 1
      if (left > 0) response.once('drain', more)
      else response.end()
    }
    more()
  },
} as const satisfies Readonly<Record<string, Handler>>
