/** An OpenID Provider that answers whatever a test tells it to, odd things included, and counts what it was asked. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'
import { json } from '../network/http-answers.ts'
import type { Handler } from '../network/http-answers.ts'
import type { SigningKey } from '../../builders/signing-key.ts'

export type ScriptedProvider = {
  readonly issuer: string
  /** How it describes itself. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Path → what is answered there. Tests set `/backchannel`, `/token`, `/jwks`, `/revoke`. */
  readonly routes: Map<string, Handler>
  /** Path → the forms that arrived there. */
  readonly received: Map<string, URLSearchParams[]>
  /** Adds a key to those that are published, or replaces all of them. */
  publish(key: SigningKey, how: 'Add' | 'Replace'): void
  /** Ends all connections and refuses new ones. */
  goAway(): Promise<void>
  /** Answers again, at the same address. */
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function startScriptedProvider(
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<ScriptedProvider> {
  const routes = new Map<string, Handler>()
  const received = new Map<string, URLSearchParams[]>()
  let keys: JWK[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? '/'
      received.set(path, [...(received.get(path) ?? []), new URLSearchParams(body)])
      const handler = routes.get(path) ?? ((answer: ServerResponse) => answer.writeHead(404).end())
      handler(response, request)
    })
  })
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const description = {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    backchannel_authentication_endpoint: `${issuer}/backchannel`,
    revocation_endpoint: `${issuer}/revoke`,
    authorization_endpoint: `${issuer}/authorize`,
    ...metadata,
  }
  routes.set('/.well-known/openid-configuration', json(200, description))
  routes.set('/jwks', (response, request) => {
    json(200, { keys })(response, request)
  })
  return {
    ...{ issuer, metadata: description, routes, received },
    publish: (key, how) => {
      keys = [...(how === 'Add' ? keys : []), key.publicJwk]
    },
    goAway: () => close(server),
    comeBack: () => listen(server, port),
    close: () => close(server),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
