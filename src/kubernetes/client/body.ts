/** Reads the bodies of the API server's answers, so that together they take no more memory than a process has to spare. */
import { KubernetesUnreachableError } from './api-error.ts'

/**
 * In bytes. An object takes at most the 3 MiB that the API server takes of a request (etcd takes half), and a list as many as
 * fit: see `Listable.list`.
 */
export const largestBody = 8 * 1024 * 1024

/** What is larger is read only in turn: of two hundred objects that are read at once, each may be of 1.5 MiB. */
const large = 128 * 1024
const largeAtOnce = 2

/** A body of more bytes than its limit; the rest is not read. */
export class BodyTooLargeError extends KubernetesUnreachableError {
  constructor(limit: number) {
    super(`the API server's answer is larger than ${limit} bytes`)
    this.name = 'BodyTooLargeError'
  }
}

/** Reads bodies, of which at most two large ones are in memory at the same time. */
export type Bodies = {
  /**
   * @param use called with the whole text, as long as its turn lasts
   * @throws BodyTooLargeError for one of more than `limit` bytes
   */
  read<T>(chunks: AsyncIterable<Uint8Array>, limit: number, use: (text: string) => T): Promise<T>
}

/** One for each transport: the limit counts for all of its calls together. */
export function createBodies(): Bodies {
  const turns = createTurns(largeAtOnce)
  return {
    async read(chunks, limit, use) {
      const decoder = new TextDecoder()
      let [text, size] = ['', 0]
      let leave: (() => void) | undefined
      try {
        for await (const chunk of chunks) {
          size += chunk.length
          if (size > limit) throw new BodyTooLargeError(limit)
          // While it waits, nothing more is read from the connection.
          if (size > large) leave ??= await turns()
          text += decoder.decode(chunk, { stream: true })
        }
        return use(text + decoder.decode())
      } finally {
        leave?.()
      }
    },
  }
}

/** Lets so many in at once, the others in the order in which they came. @returns what each calls when it leaves */
function createTurns(atOnce: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let inside = 0
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) inside -= 1
    else next()
  }
  return async () => {
    if (inside < atOnce) inside += 1
    else
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    return leave
  }
}
