/** A provider that is reached through a company's proxy. */
import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, afterEach, test } from 'node:test'
import type { TestContext } from 'node:test'
import { createBoundedFetch, defaultLimits, NoAnswerError } from '../../../src/oidc/http/bounded-fetch.ts'
import { aCertificate } from '../../support/builders/certificate.ts'
import { startConnectProxy } from '../../support/fakes/network/connect-proxy.ts'
import type { ConnectProxy } from '../../support/fakes/network/connect-proxy.ts'

// A name that only the proxy knows (RFC 2606).
const host = 'sso.company.test'
const { cert, key } = aCertificate(host)
const provider = createServer({ cert, key }, (_request, response) => {
  response.end('hello')
})
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
const { port } = provider.address() as AddressInfo
after(() => {
  provider.closeAllConnections()
  provider.close()
})
const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

for (const reuse of ['Kept', 'Fresh'] as const) {
  test(`${reuse}: the proxy leads to the provider, whose certificate counts`, async (t) => {
    const proxy = await proxyFor(t, port)
    process.env.HTTPS_PROXY = proxy.url.replace('//', '//agent:secret@')
    const fetch = createBoundedFetch({ caBundle: cert, limits: defaultLimits, reuse })
    for (let times = 0; times < 2; times += 1) {
      assert.equal(await (await fetch(`https://${host}/`, { method: 'GET', headers: {} })).text(), 'hello')
    }
    const authorization = `Basic ${Buffer.from('agent:secret').toString('base64')}`
    assert.ok(proxy.asked.length > 0)
    for (const tunnel of proxy.asked) assert.deepEqual(tunnel, { host: `${host}:443`, authorization })
  })
}

for (const [name, behaviour, caBundle] of [
  ['a proxy that refuses', 'Refuses', cert],
  ['a proxy that does not answer', 'Hangs', cert],
  ['a certificate that is not trusted', port, undefined],
] as const) {
  test(`${name}: nothing was sent`, async (t) => {
    const proxy = await proxyFor(t, behaviour)
    process.env.HTTPS_PROXY = proxy.url.replace('//', '//agent:secret@')
    const fault = await faultOf(caBundle)
    assert.equal(fault.sent, 'No')
    assert.doesNotMatch(fault.message, /secret/)
    assert.equal(proxy.asked.length, 1)
  })
}

test('a proxy that is gone: nothing was sent', async (t) => {
  const proxy = await proxyFor(t, port)
  proxy.close()
  process.env.HTTPS_PROXY = proxy.url
  assert.deepEqual((await faultOf(cert)).message, 'connection refused (ECONNREFUSED)')
})

for (const [name, url, noProxy] of [
  ['NO_PROXY names it', `https://${host}`, `.svc,${host}`],
  ['NO_PROXY names its domain', `https://${host}`, '.company.test'],
  ['NO_PROXY names the range of its address', `https://127.0.0.2:${port}`, '.svc,127.0.0.0/8'],
  ['it is on loopback', `https://localhost:${port}`, ''],
] as const) {
  test(`no proxy is asked where ${name}`, async (t) => {
    const proxy = await proxyFor(t, port)
    process.env.HTTPS_PROXY = proxy.url
    process.env.NO_PROXY = noProxy
    const fetch = createBoundedFetch({ caBundle: cert, limits: defaultLimits, reuse: 'Kept' })
    // Neither does that name exist, nor is the certificate for localhost.
    await assert.rejects(fetch(url, { method: 'GET', headers: {} }), { sent: 'No' })
    assert.deepEqual(proxy.asked, [])
  })
}

async function proxyFor(t: TestContext, behaviour: number | 'Refuses' | 'Hangs'): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(behaviour)
  t.after(() => {
    proxy.close()
  })
  return proxy
}

async function faultOf(caBundle: string | undefined): Promise<NoAnswerError> {
  const limits = { ...defaultLimits, connectSeconds: 1 }
  const fetch = createBoundedFetch({ caBundle, limits, reuse: 'Fresh' })
  const fault: unknown = await fetch(`https://${host}/`, { method: 'POST', headers: {}, body: 'x' }).catch(
    (error: unknown) => error,
  )
  assert.ok(fault instanceof NoAnswerError)
  return fault
}
