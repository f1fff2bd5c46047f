/**
 * An OpenID Provider that was taken over, and would take the operator down with it: each name of `personas` is an issuer of its own,
 * with one way to do its worst.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { json, oddities } from '../fakes/network/http-answers.ts'
import type { Handler } from '../fakes/network/http-answers.ts'
import { aSigningKey } from '../builders/signing-key.ts'
import { giveWay, report } from './attack.ts'

type Persona = Partial<Record<'metadata' | 'keys' | 'prompt' | 'token', Handler>>

const chunk = Buffer.alloc(64 * 1024, ' ')

/** As fast as it is read, and without an end. */
function endless(status: number): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    more()
  }
}

/** A byte at a time, so that no pause is long. */
function dripping(status: number): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    const drip = setInterval(() => response.write(' '), 20)
    response.once('close', () => {
      clearInterval(drip)
    })
  }
}

/** Headers, one a second. */
const slowHeaders: Handler = ({ socket }) => {
  socket?.write('HTTP/1.1 200 OK\r\n')
  const drip = setInterval(() => socket?.write(`x-${randomBytes(4).toString('hex')}: a\r\n`), 1000)
  socket?.once('close', () => {
    clearInterval(drip)
  })
}

const roundAndRound: Handler = (response) => {
  response.writeHead(302, { location: `${String(response.req.url)}x` }).end()
}

/** A thousand to one. */
const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
const compressed: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
}

/** As large as it may just be, and costly to read. */
const nested = `{"error":"authorization_pending","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
const costly: Handler = (response) => {
  response.writeHead(400, { 'content-type': 'application/json' }).end(nested)
}

/** As many as fit into the largest answer that is read. */
const manyKeys = Array.from({ length: 2000 }, (_, index) => ({
  ...{ kty: 'EC', crv: 'P-256', kid: `key-${index}`, use: 'enc' },
  ...{ x: randomBytes(8).toString('base64url'), y: 'y' },
}))

const personas: Readonly<Record<string, Persona>> = {
  'endless-metadata': { metadata: endless(200) },
  'dripping-metadata': { metadata: dripping(200) },
  'slow-headers': { metadata: slowHeaders },
  redirects: { metadata: roundAndRound },
  compressed: { metadata: compressed },
  'endless-keys': { keys: endless(200) },
  'many-keys': { keys: json(200, { keys: manyKeys }) },
  'silent-prompt': { prompt: oddities.silence },
  'endless-prompt': { prompt: endless(400) },
  'dripping-prompt': { prompt: dripping(200) },
  'silent-token': { token: oddities.silence },
  'endless-token': { token: endless(400) },
  'dripping-token': { token: dripping(400) },
  'costly-token': { token: costly },
  'reset-token': { token: oddities.reset },
}

const key = await aSigningKey('hostile')
const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    answer(request, response)
  })
})
server.on('clientError', (_error, socket) => socket.destroy())
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const tally = report({ origin, personas: Object.keys(personas) })
giveWay()

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, name = '', what = ''] = (request.url ?? '').split('/')
  tally.count(`${name} ${what}`)
  const handler = { ...usual(`${origin}/${name}`), ...byPath(personas[name] ?? {}) }[what]
  if (handler === undefined) response.writeHead(404).end()
  else handler(response, request)
}

function byPath({ metadata, keys, prompt, token }: Persona): Readonly<Record<string, Handler>> {
  return {
    ...(metadata !== undefined && { '.well-known': metadata }),
    ...(keys !== undefined && { keys }),
    ...(prompt !== undefined && { prompt }),
    ...(token !== undefined && { token }),
  }
}

function usual(issuer: string): Readonly<Record<string, Handler>> {
  return {
    '.well-known': json(200, {
      issuer,
      jwks_uri: `${issuer}/keys`,
      token_endpoint: `${issuer}/token`,
      backchannel_authentication_endpoint: `${issuer}/prompt`,
      revocation_endpoint: `${issuer}/revoke`,
    }),
    keys: json(200, { keys: [key.publicJwk] }),
    prompt: (...exchange) => {
      json(200, { auth_req_id: randomBytes(16).toString('hex'), expires_in: 120, interval: 1 })(...exchange)
    },
    token: json(400, { error: 'authorization_pending' }),
  }
}
