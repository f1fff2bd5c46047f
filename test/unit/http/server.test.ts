import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '../../../src/http/server.ts'
import type { ListeningServer } from '../../../src/http/server.ts'

let server: ListeningServer

before(async () => {
  const fetch = async (request: Request): Promise<Response> => new Response(await request.text())
  server = await serve({ fetch, host: '127.0.0.1', port: 0, maxBodyBytes: 8 })
})
after(() => server.close())

for (const [name, body, status] of [
  ['a body within the limit is read', '12345678', 200],
  ['a body beyond the limit is refused', '123456789', 413],
  ['a chunked body within the limit is read', chunks('1234', '5678'), 200],
  ['a chunked body beyond the limit is refused', chunks('1234', '56789'), 413],
] as const) {
  test(name, async () => {
    const response = await fetch(server.url, { method: 'POST', body, duplex: 'half' })
    assert.equal(response.status, status)
    if (status === 200) assert.equal(await response.text(), '12345678')
  })
}

for (const [name, body] of [
  ['a body', '123456789'],
  ['a chunked body', chunks('1234', '56789')],
] as const)
  test(`${name} beyond the limit is answered as the server's clients expect it`, async (t) => {
    const asked = t.mock.fn(() => new Response())
    const onTooLarge = t.mock.fn(() => Response.json({ error: 'too large' }, { status: 413 }))
    const own = await serve({ ...{ fetch: asked, onTooLarge, maxBodyBytes: 8 }, host: '127.0.0.1', port: 0 })
    t.after(() => own.close())
    const response = await fetch(own.url, { method: 'POST', body, duplex: 'half' })
    assert.deepEqual([response.status, await response.json()], [413, { error: 'too large' }])
    assert.deepEqual([asked.mock.callCount(), onTooLarge.mock.callCount()], [0, 1])
  })

test('the url names the port that was taken', async () => {
  assert.equal(server.url, `http://127.0.0.1:${server.port}`)
  assert.equal((await fetch(server.url)).status, 200)
})

test('a port that is taken is an error', async () => {
  await assert.rejects(serve({ fetch: () => new Response(), host: '127.0.0.1', port: server.port }), {
    code: 'EADDRINUSE',
  })
})

test('draining answers, and closes each connection', async (t) => {
  const draining = await serve({ fetch: () => new Response('still here'), host: '127.0.0.1', port: 0 })
  t.after(() => draining.close())
  const before = await fetch(draining.url)
  assert.notEqual(before.headers.get('connection'), 'close')
  assert.equal(await before.text(), 'still here')
  draining.drain()
  for (const attempt of ['on the connection that is kept', 'on a new one']) {
    const answer = await fetch(draining.url)
    assert.equal(answer.headers.get('connection'), 'close', attempt)
    assert.equal(await answer.text(), 'still here')
  }
})

test('closing lets what is under way finish', async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<undefined>()
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>()
  const slow = await serve({
    fetch: async () => {
      arrive(undefined)
      await mayAnswer
      return new Response('finished')
    },
    host: '127.0.0.1',
    port: 0,
  })
  const response = fetch(slow.url)
  await arrived
  const closed = slow.close()
  answer(undefined)
  assert.equal(await (await response).text(), 'finished')
  await closed
  await assert.rejects(fetch(slow.url))
})

function chunks(...parts: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)))
}
