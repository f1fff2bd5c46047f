/** Keeps a request's body within a limit before anything reads it. */

/** The request itself, or a copy of it with its body read, or undefined if the body is larger than `maxBytes`. */
export async function bounded(request: Request, maxBytes: number): Promise<Request | undefined> {
  const declared = request.headers.get('content-length')
  // Node's parser holds the sender to what it declared (RFC 9112 §6.3).
  if (declared !== null) return Number(declared) <= maxBytes ? request : undefined
  if (request.headers.get('transfer-encoding') === null || request.body === null) return request
  const body = await readAtMost(request.body, maxBytes)
  if (body === undefined) return undefined
  const { method, headers, signal } = request
  return new Request(request.url, { method, headers, signal, body })
}

async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Uint8Array.from(Buffer.concat(chunks))
}
