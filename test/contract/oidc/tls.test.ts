/** A provider behind a certificate authority of the company's own. */
import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aCertificate } from '../../support/builders/certificate.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'

test('a caBundle is trusted instead of the system', async (t) => {
  const { cert, key } = aCertificate('localhost')
  const server = createServer({ cert, key }, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [] } : description()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const description = (): Record<string, string> => ({
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    backchannel_authentication_endpoint: `${issuer}/backchannel`,
  })
  const providers = createOpenIDProviders({ clock: systemClock })

  const trusting = aSpec(issuer, { caBundle: cert, allowInsecureHTTP: false })
  assert.equal((await providers.connect(trusting, aSharedSecret)).kind, 'Connected')
  for (const spec of [aSpec(issuer), aSpec(issuer, { caBundle: 'no certificate' })]) {
    const connected = await providers.connect(spec, aSharedSecret)
    assert.equal(connected.kind === 'NotReady' && connected.reason, 'DiscoveryFailed')
  }
})
