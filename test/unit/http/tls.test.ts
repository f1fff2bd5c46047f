/** A server whose certificate is renewed under it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { after, test } from 'node:test'
import { serve } from '../../../src/http/server.ts'
import { eventually } from '../../support/assertions/elapsed.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
after(() => {
  rmSync(directory, { recursive: true })
})
const certFile = join(directory, 'tls.crt')
const keyFile = join(directory, 'tls.key')

function issue(name: string): void {
  const files = ['-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.crt`)]
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
  ]
  execFileSync('openssl', [...args, ...files, '-subj', `/CN=${name}`], { stdio: 'ignore' })
}

function install(name: string): void {
  copyFileSync(join(directory, `${name}.crt`), certFile)
  copyFileSync(join(directory, `${name}.key`), keyFile)
}

async function nameAt(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url)
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject.CN)
}

test('a renewed certificate is served, and one without its key leaves the old one', async () => {
  for (const name of ['first', 'second']) issue(name)
  install('first')
  const failures: unknown[] = []
  const server = await serve({
    fetch: () => new Response('ok'),
    host: '127.0.0.1',
    port: 0,
    tls: { certFile, keyFile },
    onRenewalFailed: (error) => failures.push(error),
  })
  try {
    assert.match(server.url, /^https:/)
    assert.equal(await nameAt(server.url), 'first')
    writeFileSync(certFile, 'no certificate')
    await eventually(() => failures.length > 0, 'the new files are looked at')
    assert.equal(await nameAt(server.url), 'first')
    install('second')
    await eventually(async () => (await nameAt(server.url)) === 'second', 'the new certificate')
  } finally {
    await server.close()
  }
})

test('a certificate that is renewed as the server starts is served', async () => {
  for (const name of ['third', 'fourth']) issue(name)
  install('third')
  // A watch looks in one of Node's four threads: while they are busy, its first look is still to come.
  const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)('work', 'salt', 300_000, 32, 'sha256'))
  const tls = { certFile, keyFile }
  const starting = serve({ fetch: () => new Response('ok'), host: '127.0.0.1', port: 0, tls })
  install('fourth')
  const server = await starting
  await Promise.all(busy)
  try {
    await eventually(async () => (await nameAt(server.url)) === 'fourth', 'the new certificate')
  } finally {
    await server.close()
  }
})

test('a server without a usable certificate does not start', async () => {
  const missing = join(directory, 'missing')
  await assert.rejects(
    async () => serve({ fetch: () => new Response(), port: 0, tls: { certFile: missing, keyFile: missing } }),
    { code: 'ENOENT' },
  )
})
