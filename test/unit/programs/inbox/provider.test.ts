/** The files that the inbox knows its provider by are rotated under it: real files, and a real server behind TLS. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { followProvider } from '../../../../src/programs/inbox/provider.ts'
import type { Connections } from '../../../../src/programs/inbox/provider.ts'
import type { LogFields } from '../../../../src/core/ports/surroundings.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { aCertificate } from '../../../support/builders/certificate.ts'
import { eventually } from '../../../support/assertions/elapsed.ts'
import { silentLog } from '../../../support/fakes/silent-log.ts'

const [first, second] = [aCertificate('localhost'), aCertificate('localhost')]
const redirectUri = 'https://inbox.company.com/login/callback'

type Rotated = {
  readonly write: (name: 'secret' | 'ca', text: string) => void
  readonly connections: Connections
  /** What the token endpoint was given as `client_secret_basic`. */
  readonly credentials: readonly string[]
  readonly serve: (certificate: typeof first) => void
  readonly logged: readonly LogFields[]
}

async function rotated(t: TestContext, ca: string): Promise<Rotated> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-inbox-'))
  const files = { secret: join(directory, 'client-secret'), ca: join(directory, 'ca.crt') }
  const write = (name: 'secret' | 'ca', text: string): void => {
    writeFileSync(files[name], text)
  }
  write('secret', 'first\n')
  write('ca', ca)
  const credentials: string[] = []
  const server = createServer(first, (request, response) => {
    const { authorization = '' } = request.headers
    if (request.url === '/token') credentials.push(atob(authorization.slice('Basic '.length)))
    response.writeHead(request.url === '/token' ? 400 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url === '/token' ? { error: 'invalid_grant' } : description()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const description = (): object => ({
    ...{ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` },
    authorization_endpoint: `${issuer}/authorize`,
    backchannel_authentication_endpoint: `${issuer}/backchannel`,
    code_challenge_methods_supported: ['S256'],
  })
  const logged: LogFields[] = []
  const note = (message: string, fields: LogFields = {}): void => void logged.push({ message, ...fields })
  const provider = followProvider(
    { issuer, clientId: 'inbox', clientSecretFile: files.secret, caFile: files.ca },
    { clock: systemClock, log: { ...silentLog, info: note, error: note } },
  )
  t.after(() => {
    provider.stop()
    server.closeAllConnections()
    server.close()
    rmSync(directory, { recursive: true })
  })
  const serve = (certificate: typeof first): void => {
    server.setSecureContext(certificate)
    server.closeAllConnections()
  }
  return { write, connections: provider.connect(redirectUri), credentials, serve, logged }
}

async function isReached({ login }: Connections): Promise<boolean> {
  try {
    await login.begin()
    return true
  } catch (error) {
    assert.match(String(error), /LoginUnavailableError/)
    return false
  }
}

async function redeem({ login }: Connections): Promise<void> {
  const { transaction } = await login.begin()
  const callback = new URL(`${redirectUri}?code=c&state=${transaction.state}`)
  assert.equal((await login.finish(callback, transaction)).kind, 'Failed')
}

test('a login asks for what it is to be as strong as', async (t) => {
  const { connections } = await rotated(t, first.cert)
  const { redirectTo } = await connections.login.begin(['phr', 'mfa'])
  assert.equal(redirectTo.searchParams.get('acr_values'), 'phr mfa')
})

test('a rotated client secret is sent without a restart', async (t) => {
  const { write, connections, credentials } = await rotated(t, first.cert)
  await redeem(connections)
  write('secret', 'second\n')
  await eventually(async () => {
    await redeem(connections)
    return credentials.at(-1) === 'inbox:second'
  }, 'the new secret is used')
  assert.equal(credentials[0], 'inbox:first')
})

test('an emptied client secret leaves the one before, and is logged once', async (t) => {
  const { write, connections, credentials, logged } = await rotated(t, first.cert)
  write('secret', '\n')
  await eventually(() => logged.length > 0, 'it is reported')
  await redeem(connections)
  assert.deepEqual(credentials, ['inbox:first'])
  assert.deepEqual(logged, [
    {
      message: 'file cannot be used, what it held before stays',
      flag: '--client-secret-file',
      error: 'TypeError: the file is empty',
    },
  ])
})

test('rotated certificates are trusted without a restart, by the login and by the channel', async (t) => {
  const { write, connections, serve } = await rotated(t, second.cert)
  assert.equal(await isReached(connections), false)
  write('ca', first.cert)
  await eventually(() => isReached(connections), 'the certificate of the file is trusted')
  serve(second)
  write('ca', second.cert)
  const channelState = async (): Promise<string> => (await connections.channel.verifyBearer('no.jwt.x')).kind
  await eventually(async () => (await channelState()) === 'Refused', 'the channel reaches the provider')
  await redeem(connections)
})

test('certificates that cannot be read leave those before, and are logged once', async (t) => {
  const { write, connections, credentials, logged } = await rotated(t, first.cert)
  write('ca', 'no certificate')
  await eventually(() => logged.length > 0, 'it is reported')
  await redeem(connections)
  assert.equal(credentials.length, 1)
  assert.deepEqual(logged, [
    {
      message: 'file cannot be used, what it held before stays',
      flag: '--ca-file',
      error: 'CaBundleError: it holds no certificate in PEM',
    },
  ])
})

test('what cannot be used to begin with is named', () => {
  const flags = {
    issuer: 'https://sso.company.com',
    clientId: 'inbox',
    clientSecretFile: '/nonexistent/secret',
  }
  assert.throws(() => followProvider(flags, { clock: systemClock, log: silentLog }), {
    code: 'ERR_FLAGGED_FILE',
    message: /^--client-secret-file \/nonexistent\/secret: Error: ENOENT/,
  })
})
