/** What bounds each listener by itself, whoever connects: with the numbers that docs/security.md names. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { serve } from '../../../src/http/server.ts'
import { aCertificate, certificateFiles } from '../../support/builders/certificate.ts'
import { eventually } from '../../support/assertions/elapsed.ts'

/** Connections to a port of this machine, which are closed with the test. */
function connections(t: TestContext, port: number, count: number): Socket[] {
  const sockets = Array.from({ length: count }, () =>
    connect({ port, host: '127.0.0.1' }).on('error', () => undefined),
  )
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  return sockets
}

test('a listener keeps 512 connections, and closes what is more', async (t) => {
  let closed = 0
  const server = await serve({
    ...{ fetch: () => new Response('here'), host: '127.0.0.1', port: 0 },
    onCrowded: () => (closed += 1),
  })
  t.after(() => server.close())
  connections(t, server.port, 512 + 20)
  await eventually(() => closed === 20, '20 of 532 are closed')
  assert.equal(await (await fetch(server.url)).text(), 'here')
  assert.equal(closed, 21)
})

const serving = `
  import { serve } from './src/http/server.ts'
  const { port } = await serve({ fetch: () => new Response(), host: '127.0.0.1', port: 0 })
  console.log(port)`

/** The kernel completes a connection only while there is room for it. */
test('while a process is busy, more connections wait than Node lets by itself', async (t) => {
  const most = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))
  if (most < 1200) {
    t.skip(`net.core.somaxconn is ${most}`)
    return
  }
  const busy = spawn(process.execPath, ['--input-type=module', '--eval', serving], { stdio: 'pipe' })
  t.after(() => busy.kill('SIGKILL'))
  const [port] = (await once(busy.stdout, 'data')) as [Buffer]
  busy.kill('SIGSTOP')
  let connected = 0
  for (const socket of connections(t, Number(port), 1000)) socket.once('connect', () => (connected += 1))
  await eventually(() => connected === 1000, 'a thousand wait to be accepted', 10)
})

test('a client that does not take its answer is closed after a while in which it took nothing', async (t) => {
  const { promise: given, resolve: giveUp } = Promise.withResolvers<undefined>()
  let lastMs = 0
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          lastMs = performance.now()
          controller.enqueue(new Uint8Array(65_536))
        },
        cancel: () => {
          giveUp(undefined)
        },
      }),
    )
  const server = await serve({ fetch: endless, host: '127.0.0.1', port: 0, silenceMs: 1000 })
  t.after(() => server.close())
  const [client] = connections(t, server.port, 1)
  client?.pause().write('GET / HTTP/1.1\r\nhost: gate\r\n\r\n')
  await given
  const waitedMs = performance.now() - lastMs
  assert.ok(waitedMs >= 900 && waitedMs < 10_000, `closed after ${waitedMs} ms`)
})

test('a TLS handshake that does not go on is closed after 10 s', async (t) => {
  const tls = certificateFiles(t, aCertificate('localhost'))
  const server = await serve({ fetch: () => new Response(), host: '127.0.0.1', port: 0, tls })
  t.after(() => server.close())
  const startedMs = performance.now()
  const [client] = connections(t, server.port, 1)
  client?.resume().write('\u0016\u0003\u0001\u0002')
  await new Promise((resolve) => client?.once('close', resolve))
  const seconds = (performance.now() - startedMs) / 1000
  assert.ok(seconds > 9 && seconds < 20, `closed after ${seconds} s`)
})
