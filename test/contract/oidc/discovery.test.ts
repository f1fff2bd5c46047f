/** Which providers are connected to, and what is said about those that are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connected } from '../../../src/core/ports/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const limits = { connectSeconds: 1, metadataSeconds: 0.3 }
const wellKnown = '/.well-known/openid-configuration'

function reason(connected: Connected): string {
  return connected.kind === 'NotReady' ? connected.reason : connected.kind
}

for (const [name, metadata, want] of [
  ['a complete description', {}, 'Connected'],
  ['another issuer', { issuer: 'https://elsewhere.example' }, 'DiscoveryFailed'],
  ['no issuer', { issuer: undefined }, 'DiscoveryFailed'],
  ['no token endpoint', { token_endpoint: undefined }, 'DiscoveryFailed'],
  ['no keys', { jwks_uri: undefined }, 'DiscoveryFailed'],
  ['a token endpoint that is a number', { token_endpoint: 7 }, 'DiscoveryFailed'],
  ['plain http beyond loopback', { token_endpoint: 'http://sso.example/token' }, 'DiscoveryFailed'],
  ['a file as keys', { jwks_uri: 'file:///etc/passwd' }, 'DiscoveryFailed'],
  ['no backchannel endpoint', { backchannel_authentication_endpoint: undefined }, 'BackchannelNotSupported'],
  [
    'push delivery alone',
    { backchannel_token_delivery_modes_supported: ['push'] },
    'BackchannelNotSupported',
  ],
] as const)
  test(`${name} is ${want}`, async (t) => {
    const provider = await startScriptedProvider(metadata)
    t.after(() => provider.close())
    const connected = await createOpenIDProviders({ clock: systemClock, limits }).connect(
      aSpec(provider.issuer),
      aSharedSecret,
    )
    assert.equal(reason(connected), want)
  })

for (const [name, path, handler] of [
  ['a missing description', wellKnown, text(404, 'secret page')],
  ['a description behind a redirect', wellKnown, text(302, '', { location: 'https://elsewhere.example' })],
  ['a page for a description', wellKnown, text(200, 'secret page')],
  ['silence for a description', wellKnown, () => undefined],
  ['missing keys', '/jwks', text(500, 'secret page')],
  ['keys that are none', '/jwks', json(200, { secret: 'page' })],
  ['silence for keys', '/jwks', () => undefined],
] as const satisfies readonly (readonly [string, string, Handler])[])
  test(`${name} is DiscoveryFailed, without quoting the answer`, async (t) => {
    const provider = await startScriptedProvider()
    t.after(() => provider.close())
    provider.routes.set(path, handler)
    const connected = await createOpenIDProviders({ clock: systemClock, limits }).connect(
      aSpec(provider.issuer),
      aSharedSecret,
    )
    assert.equal(reason(connected), 'DiscoveryFailed')
    const message = connected.kind === 'NotReady' ? connected.message : ''
    assert.match(message, new RegExp(path))
    assert.doesNotMatch(message, /secret/)
  })

for (const [name, statedIn] of [
  ['another name of the same host', (issuer: string) => issuer.replace('127.0.0.1', 'localhost')],
  ['one slash more', (issuer: string) => `${issuer}/`],
] as const)
  test(`an issuer under ${name} is told by both spellings`, async (t) => {
    const provider = await startScriptedProvider()
    t.after(() => provider.close())
    const issuer = statedIn(provider.issuer)
    const examined = await createOpenIDProviders({ clock: systemClock, limits }).examine(aSpec(issuer))
    assert.deepEqual(examined, {
      kind: 'NotReady',
      reason: 'DiscoveryFailed',
      message: `the metadata at ${issuer.replace(/\/$/, '')}${wellKnown} states the issuer ${provider.issuer}, not ${issuer}`,
      remedy: 'Set spec.issuer exactly to what the provider states, or correct it at the provider.',
    })
  })

test('an issuer that a provider states is bounded, and printable', async (t) => {
  const provider = await startScriptedProvider({ issuer: `https://elsewhere.example/\n${'x'.repeat(5000)}` })
  t.after(() => provider.close())
  const providers = createOpenIDProviders({ clock: systemClock, limits })
  const connected = await providers.connect(aSpec(provider.issuer), aSharedSecret)
  assert.ok(connected.kind === 'NotReady')
  assert.match(connected.message, /states the issuer https:\/\/elsewhere\.example\/\?x+…, not http:/)
  assert.ok(connected.message.length < 500, connected.message)
})

test('plain http is for those who allow it', async (t) => {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const providers = createOpenIDProviders({ clock: systemClock, limits })
  const strict = aSpec(provider.issuer, { allowInsecureHTTP: false })
  assert.equal(reason(await providers.connect(strict, aSharedSecret)), 'DiscoveryFailed')
  assert.equal(provider.received.size, 0)
  const remote = aSpec('http://sso.example', { allowInsecureHTTP: true })
  assert.equal(reason(await providers.connect(remote, aSharedSecret)), 'DiscoveryFailed')
})

test('an issuer differs by a slash', async (t) => {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const providers = createOpenIDProviders({ clock: systemClock, limits })
  assert.equal(
    reason(await providers.connect(aSpec(`${provider.issuer}/`), aSharedSecret)),
    'DiscoveryFailed',
  )
})

test('metadata and keys are read once, for every client', async (t) => {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const providers = createOpenIDProviders({ clock: systemClock, limits })
  const other = { ...aSharedSecret, clientID: 'other' }
  const spec = aSpec(provider.issuer)
  const connected = await Promise.all([
    providers.connect(spec, aSharedSecret),
    providers.connect(spec, other),
  ])
  assert.deepEqual(connected.map(reason), ['Connected', 'Connected'])
  assert.deepEqual([provider.received.get(wellKnown)?.length, provider.received.get('/jwks')?.length], [1, 1])
})
