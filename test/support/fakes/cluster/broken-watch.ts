/** Watches as they reach a controller over a bad network, or from an API server that lags behind. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import type { ApiProxy, Disturbance } from '../network/api-proxy.ts'
import type { Handler } from '../network/http-answers.ts'

export type TornWatches = {
  readonly disturbance: Disturbance
  /** How many have been torn, of all kinds. */
  count(): number
  /** Resolves when a watch of this kind is torn. */
  next(plural: string): Promise<void>
}

/**
 * Every watch that goes on from somewhere lets one event through and breaks off in the middle of the next: half of them with
 * their connection, half as if they had ended.
 */
export function tornWatches(proxy: ApiProxy): TornWatches {
  let count = 0
  const waiting = new Map<string, readonly (() => void)[]>()
  const counted = (call: string): number => {
    for (const resolve of waiting.get(call) ?? []) resolve()
    waiting.delete(call)
    return (count += 1)
  }
  return {
    count: () => count,
    next: (plural) => {
      const call = `GET ${plural}`
      return new Promise((resolve) => waiting.set(call, [...(waiting.get(call) ?? []), resolve]))
    },
    disturbance: ({ call, isWatch, resourceVersion }) =>
      isWatch && resourceVersion !== undefined
        ? proxy.pass({ back: tearing(() => counted(call)) })
        : undefined,
  }
}

const newline = 0x0a

function tearing(counted: () => number): (answer: IncomingMessage, response: ServerResponse) => void {
  return (answer, response) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
    let hasPassed = false
    answer.on('data', (chunk: Buffer) => {
      const end = hasPassed ? 0 : chunk.indexOf(newline) + 1
      const [event, next] = [chunk.subarray(0, end), chunk.subarray(end)]
      response.write(hasPassed || end > 0 ? event : chunk)
      hasPassed ||= end > 0
      if (!hasPassed || next.length === 0) return
      answer.destroy()
      const torn = next.subarray(0, next.length / 2)
      if (counted() % 2 === 0) response.end(torn)
      else response.write(torn, () => response.socket?.destroy())
    })
    answer.once('end', () => response.end())
  }
}

export type StaleWatch = { readonly handler: Handler; end(): void }

/** Begins with this object alone, as it was then, and tells nothing more until it is ended. */
export function staleWatch(object: KubernetesObject): StaleWatch {
  const open: ServerResponse[] = []
  const { resourceVersion } = object.metadata
  const annotations = { 'k8s.io/initial-events-end': 'true' }
  const bookmark = { ...object, metadata: { name: '', resourceVersion, annotations } }
  const events = [
    { type: 'ADDED', object },
    { type: 'BOOKMARK', object: bookmark },
  ]
  return {
    handler: (response) => {
      open.push(response)
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const event of events) response.write(`${JSON.stringify(event)}\n`)
    },
    end: () => {
      for (const response of open) response.end()
    },
  }
}

/** What the API server says of a resourceVersion that it keeps no longer. */
export const expired = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
} as const
