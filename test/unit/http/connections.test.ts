/** A server that has more connections than it keeps: whose connection goes, and who is still answered. */
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Agent as Dispatcher, request as askOver } from 'undici'
import { serve } from '../../../src/http/server.ts'
import type { ListeningServer, ServeOptions } from '../../../src/http/server.ts'
import { aCertificate, certificateFiles } from '../../support/builders/certificate.ts'
import { eventually } from '../../support/assertions/elapsed.ts'

const most = 20
const [attacker, caller] = ['127.0.0.66', '127.0.0.7']

type Scene = { readonly server: ListeningServer; readonly crowded: string[]; readonly held: Socket[] }

async function aServer(t: TestContext, options: Partial<ServeOptions> = {}): Promise<Scene> {
  const crowded: string[] = []
  const fetch = async (asked: Request): Promise<Response> => new Response(await asked.text())
  const onCrowded = (address: string): void => void crowded.push(address)
  const server = await serve({
    fetch,
    host: '127.0.0.1',
    port: 0,
    mostConnections: most,
    onCrowded,
    ...options,
  })
  const held: Socket[] = []
  t.after(() => {
    for (const socket of held) socket.destroy()
    return server.close()
  })
  return { server, crowded, held }
}

/** Connections that send this and then nothing more; they are closed with the test. */
async function hold({ server, held }: Scene, { count, text, from }: Held): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: from })
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  })
  held.push(...sockets)
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  return sockets
}

type Held = { readonly count: number; readonly text: string; readonly from: string }

function ask({ server }: Scene, from: string, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { port: server.port, host: '127.0.0.1', localAddress: from, agent }
    request(options, (answer) => {
      answer.resume().once('end', () => {
        resolve(answer.statusCode ?? 0)
      })
    })
      .once('error', reject)
      .end()
  })
}

const headers = (count: number, length: number): string =>
  Array.from({ length: count }, (_, index) => `x-${index}: ${'a'.repeat(length)}\r\n`).join('')

for (const [name, text] of [
  ['send nothing', ''],
  ['send 15 KB of headers and no end', `POST / HTTP/1.1\r\nhost: gate\r\n${headers(90, 160)}`],
  ['send headers and half a body', 'POST / HTTP/1.1\r\nhost: gate\r\ncontent-length: 100\r\n\r\nhalf'],
  [
    'send a chunk and no end',
    'POST / HTTP/1.1\r\nhost: gate\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n',
  ],
  ['ask once and stay', 'GET / HTTP/1.1\r\nhost: gate\r\n\r\n'],
] as const)
  test(`connections that ${name} make room for whoever asks`, async (t) => {
    const scene = await aServer(t)
    await hold(scene, { count: 3 * most, text, from: attacker })
    assert.equal(await ask(scene, caller), 200)
    assert.equal(await ask(scene, attacker), 200, 'also where both come from one address, as behind a proxy')
    await eventually(() => scene.crowded.length >= 2 * most, 'room made')
    assert.deepEqual([...new Set(scene.crowded)], [attacker])
  })

test('a connection that is kept for the next request stays, whatever another address opens', async (t) => {
  const scene = await aServer(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => {
    agent.destroy()
  })
  assert.equal(await ask(scene, caller, agent), 200)
  const [kept] = Object.values(agent.freeSockets).flat()
  await hold(scene, { count: 3 * most, text: '', from: attacker })
  await eventually(() => scene.crowded.length >= 2 * most, 'room made')
  assert.equal(kept?.destroyed, false)
  assert.equal(await ask(scene, caller, agent), 200)
})

test('a request that is being answered is never cut off for connections that wait', async (t) => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<undefined>()
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>()
  const scene = await aServer(t, {
    fetch: async () => {
      arrive(undefined)
      await mayAnswer
      return new Response()
    },
  })
  const asked = ask(scene, attacker)
  await arrived
  await hold(scene, { count: 3 * most, text: '', from: attacker })
  await eventually(() => scene.crowded.length >= 2 * most, 'room made')
  answer(undefined)
  assert.equal(await asked, 200)
})

test('more requests at once than connections are kept leave the others answered', async (t) => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<undefined>()
  const scene = await aServer(t, {
    fetch: async () => {
      await mayAnswer
      return new Response()
    },
  })
  const asked = Array.from({ length: 2 * most }, () => ask(scene, attacker))
  const settled = Promise.allSettled(asked)
  await eventually(() => scene.crowded.length === most, 'the rest turned away')
  const ours = ask(scene, caller)
  await eventually(() => scene.crowded.length === most + 1, 'room for another address')
  answer(undefined)
  assert.equal(await ours, 200)
  const results = await settled
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, most - 1)
})

test('TLS handshakes that do not go on make room for those that do', async (t) => {
  const certificate = aCertificate('localhost')
  const tls = certificateFiles(t, certificate)
  const scene = await aServer(t, { tls })
  await hold(scene, { count: 3 * most, text: '\u0016\u0003\u0001\u0002', from: attacker })
  const dispatcher = new Dispatcher({
    connect: { ca: certificate.cert, servername: 'localhost', localAddress: caller },
  })
  t.after(() => dispatcher.close())
  const url = `https://127.0.0.1:${scene.server.port}/`
  for (let times = 0; times < 3; times++) {
    const { statusCode, body } = await askOver(url, { dispatcher })
    await body.dump()
    assert.equal(statusCode, 200)
  }
  assert.deepEqual([...new Set(scene.crowded)], [attacker])
})

test('more headers than anybody sends are refused before they end', async (t) => {
  const scene = await aServer(t)
  const text = `GET / HTTP/1.1\r\nhost: gate\r\n${headers(110, 1)}`
  const [socket] = await hold(scene, { count: 1, text, from: attacker })
  const [answer] = await new Promise<Buffer[]>((resolve) => {
    socket?.once('data', (...data: Buffer[]) => {
      resolve(data)
    })
  })
  assert.match(String(answer), /^HTTP\/1.1 431 /)
})

test('half a request is closed once its time is over', async (t) => {
  const scene = await aServer(t)
  const [socket] = await hold(scene, { count: 1, text: 'GET / HTTP/1.1\r\n', from: attacker })
  const startedMs = performance.now()
  await new Promise((resolve) => socket?.resume().once('close', resolve))
  const seconds = (performance.now() - startedMs) / 1000
  assert.ok(seconds > 9 && seconds < 20, `closed after ${seconds} s`)
})

test('without an address it listens on those of both families', async (t) => {
  for (const host of [undefined, '::']) {
    const server = await serve({ fetch: () => new Response('here'), host, port: 0 })
    t.after(() => server.close())
    assert.equal(server.url, `http://localhost:${server.port}`)
    for (const name of ['127.0.0.1', '[::1]'])
      assert.equal(await (await fetch(`http://${name}:${server.port}`)).text(), 'here', name)
  }
})

test('an address of IPv6 stands in brackets in the URL', async (t) => {
  const server = await serve({ fetch: () => new Response('here'), host: '::1', port: 0 })
  t.after(() => server.close())
  assert.equal(server.url, `http://[::1]:${server.port}`)
  assert.equal(await (await fetch(server.url)).text(), 'here')
})
