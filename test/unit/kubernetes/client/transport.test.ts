import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createTransport } from '../../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../../src/kubernetes/client/transport.ts'

const read = { method: 'GET', path: '/api/v1/namespaces' } as const
const write = { method: 'POST', path: '/api/v1/namespaces', body: { kind: 'Namespace' } } as const

test('the path below the server, the query, the user agent and the credentials are sent', async (t) => {
  const { transport, seen } = await anApiServer(t, [ok])
  await transport.request({ ...read, query: { limit: '500', continue: 'a b&c' } })
  assert.equal(seen[0]?.url, '/below/api/v1/namespaces?limit=500&continue=a+b%26c')
  assert.match(seen[0].headers['user-agent'] ?? '', /^countersign\/\d/)
  assert.equal(seen[0].headers.authorization, 'Bearer 0')
})

test('after 401 any request is sent once more with fresh credentials', async (t) => {
  const { transport, seen } = await anApiServer(t, [unauthorized, ok])
  await transport.request(write)
  assert.deepEqual(
    seen.map(({ headers }) => headers.authorization),
    ['Bearer 0', 'Bearer 1'],
  )
})

test('a second 401 is an error', async (t) => {
  const { transport, seen } = await anApiServer(t, [unauthorized, unauthorized, ok])
  await assert.rejects(transport.request(read), {
    code: 'ERR_KUBERNETES_API',
    status: 401,
    reason: 'Unauthorized',
  })
  assert.equal(seen.length, 2)
})

test('a throttled read is repeated when the API server says', async (t) => {
  const { transport, seen } = await anApiServer(t, [throttled('0.01'), throttled('0.01'), ok])
  assert.deepEqual(await transport.request(read), { kind: 'Fine' })
  assert.equal(seen.length, 3)
})

for (const [name, answer, request] of [
  ['a throttled write is not repeated', throttledFor('1'), write],
  ['a long pause is left to the caller', throttledFor('60'), read],
  ['without Retry-After nothing is repeated', throttledFor(undefined), read],
] as const) {
  test(name, async (t) => {
    const { transport, seen } = await anApiServer(t, [answer, ok])
    await assert.rejects(transport.request(request), { code: 'ERR_KUBERNETES_API', status: 429 })
    assert.equal(seen.length, 1)
  })
}

test('an answer without a Status is known by its number', async (t) => {
  const { transport } = await anApiServer(t, [answering(502, '<html>Bad Gateway</html>')])
  await assert.rejects(transport.request(read), {
    status: 502,
    reason: 'Unknown',
    message: /502 without a Status/,
  })
})

test('a redirect is not followed', async (t) => {
  const { transport, seen } = await anApiServer(t, [answering(302, '', { location: '/elsewhere' }), ok])
  await assert.rejects(transport.request(read), { status: 302 })
  assert.equal(seen.length, 1)
})

test('an answer that is not JSON is no answer', async (t) => {
  const { transport } = await anApiServer(t, [answering(200, '{"kind":')])
  await assert.rejects(transport.request(read), noAnswer)
})

for (const [name, answer] of [
  [
    'a reset connection is no answer',
    (_: IncomingMessage, response: ServerResponse) => void response.destroy(),
  ],
  ['a silent API server is no answer', () => undefined],
] as const) {
  test(name, async (t) => {
    const { transport } = await anApiServer(t, [answer])
    await assert.rejects(transport.request({ ...read, timeoutMs: 50 }), noAnswer)
    await assert.rejects(transport.stream({ ...read, timeoutMs: 50 }), noAnswer)
  })
}

test('a stream that breaks off is an error', async (t) => {
  const { transport } = await anApiServer(t, [
    (_, response) => {
      response.writeHead(200).write('begin', () => response.destroy())
    },
  ])
  await assert.rejects(drained(await transport.stream(read)), noAnswer)
})

test('a stream outlives the time that opening it may take', async (t) => {
  const { transport } = await anApiServer(t, [
    (_, response) => {
      response.writeHead(200).write('begin')
      setTimeout(() => response.end('end'), 100)
    },
  ])
  assert.equal(await drained(await transport.stream({ ...read, timeoutMs: 50 })), 'beginend')
})

test('an abort ends a stream with its reason', async (t) => {
  const { transport } = await anApiServer(t, [(_, response) => void response.writeHead(200).write('begin')])
  const abort = new AbortController()
  const stream = await transport.stream({ ...read, signal: abort.signal })
  const reason = new Error('enough')
  abort.abort(reason)
  await assert.rejects(drained(stream), reason)
})

test('a write does not wait behind reads', async (t) => {
  const { transport } = await anApiServer(t, [
    ({ method, url }, response) => {
      if (method === 'POST' && url?.includes('dryRun') === false)
        response.writeHead(200).end('{"kind":"Written"}')
    },
  ])
  const abort = new AbortController()
  const rehearsal = { ...write, path: '/rehearsal', query: { dryRun: 'All' } }
  const reads = Array.from({ length: 100 }, (_, index) =>
    transport.request({ ...(index % 2 === 0 ? read : rehearsal), signal: abort.signal }),
  )
  assert.deepEqual(await transport.request(write), { kind: 'Written' })
  abort.abort(new Error('enough'))
  assert.equal((await Promise.allSettled(reads)).filter(({ status }) => status === 'rejected').length, 100)
})

const noAnswer = { code: 'ERR_KUBERNETES_UNREACHABLE' }

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const ok = answering(200, '{"kind":"Fine"}')
const unauthorized = answering(
  401,
  '{"kind":"Status","code":401,"reason":"Unauthorized","message":"Unauthorized"}',
)

function throttled(seconds: string): Answer {
  return answering(429, '{"kind":"Status","code":429}', { 'retry-after': seconds })
}

function throttledFor(seconds: string | undefined): Answer {
  return seconds === undefined ? answering(429, '{"kind":"Status","code":429}') : throttled(seconds)
}

function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => void response.writeHead(status, headers).end(body)
}

type Seen = Pick<IncomingMessage, 'url' | 'headers'>

/** Gives the answers in order, the last one forever; each reload of the credentials brings another token. */
async function anApiServer(
  t: TestContext,
  answers: readonly Answer[],
): Promise<{ transport: Transport; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const answer = answers[seen.length] ?? answers.at(-1)
    seen.push({ url: request.url ?? '', headers: request.headers })
    answer?.(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  let reloads = 0
  const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`)
  const transport = createTransport({
    current: () =>
      Promise.resolve({ server: address, headers: { authorization: `Bearer ${reloads}` }, tls: {} }),
    reload: () => {
      reloads += 1
    },
  })
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await transport.close()
  })
  return { transport, seen }
}

async function drained(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
