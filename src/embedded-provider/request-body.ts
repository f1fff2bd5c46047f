/** Bodies of the requests that oidc-provider does not read itself. */
import type { IncomingMessage } from 'node:http'

const mostBytes = 16 * 1024

/** Reads at most 16 KiB as UTF-8. @returns undefined if the body is larger */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
