/** What is said of a provider's metadata and keys that cannot be used, and to whom: never what the provider sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSpec } from '../../support/builders/identity-provider-spec.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const limits = { connectSeconds: 1, metadataSeconds: 0.3 }
const wellKnown = '/.well-known/openid-configuration'
const meta = 'the metadata at <issuer>/.well-known/openid-configuration'
const reading = 'reading <issuer>/.well-known/openid-configuration failed'
const correct = 'Correct the metadata at the provider.'
const other =
  'Set spec.issuer to what the provider states, or let it publish its metadata there. It is tried again automatically.'
const away = 'Let the provider answer there. It is tried again automatically.'

for (const [name, body, message, remedy] of [
  ['a list', [1], `${reading}: its answer is a list, and has to be an object`, correct],
  ['null', null, `${reading}: its answer is null, and has to be an object`, correct],
  ['no issuer', {}, `${reading}: its answer has no issuer`, correct],
  [
    'an issuer that is null',
    { issuer: null },
    `${reading}: its issuer is null, and has to be a text`,
    correct,
  ],
  [
    'an issuer that is a number',
    { issuer: 5 },
    `${reading}: its issuer is a number, and has to be a text`,
    correct,
  ],
  ['an empty issuer', { issuer: '' }, `${reading}: its issuer is empty`, correct],
  [
    'an issuer that is no URL',
    { issuer: 'company' },
    `${meta} states the issuer company, not <issuer>`,
    'Set spec.issuer exactly to what the provider states, or correct it at the provider.',
  ],
] as const)
  test(`metadata that is ${name} is told by what is wrong with it`, async (t) => {
    const provider = await startScriptedProvider()
    t.after(() => provider.close())
    provider.routes.set(wellKnown, json(200, body))
    assert.deepEqual(await faultOf(provider.issuer), [message, remedy])
  })

for (const [name, metadata, message] of [
  [
    'a token endpoint that is a number',
    { token_endpoint: 5 },
    `the token_endpoint in ${meta} is a number, and has to be an address`,
  ],
  [
    'a backchannel endpoint that is null',
    { backchannel_authentication_endpoint: null },
    `the backchannel_authentication_endpoint in ${meta} is null, and has to be an address`,
  ],
  [
    'keys in a list',
    { jwks_uri: ['https://a.example'] },
    `the jwks_uri in ${meta} is a list, and has to be an address`,
  ],
  ['a word for keys', { jwks_uri: 'jwks' }, `the jwks_uri in ${meta} is not a URL`],
  ['an empty endpoint', { revocation_endpoint: '' }, `the revocation_endpoint in ${meta} is not a URL`],
  [
    'a login over http',
    { authorization_endpoint: 'http://sso.example/login' },
    `the authorization_endpoint in ${meta} is not an https URL; allowInsecureHTTP admits http on loopback only`,
  ],
] as const)
  test(`${name}: the member is named, and that the provider has to correct it`, async (t) => {
    const provider = await startScriptedProvider(metadata)
    t.after(() => provider.close())
    assert.deepEqual(await faultOf(provider.issuer), [message, correct])
  })

for (const [member, value] of [
  ['id_token_signing_alg_values_supported', 'ES256'],
  ['id_token_signing_alg_values_supported', ['ES256', 7]],
  ['token_endpoint_auth_methods_supported', 'client_secret_basic'],
  ['token_endpoint_auth_signing_alg_values_supported', { ES256: true }],
  ['authorization_details_types_supported', 7],
  ['grant_types_supported', 'implicit'],
  ['backchannel_token_delivery_modes_supported', null],
] as const)
  test(`a ${member} of ${JSON.stringify(value)} is malformed, not absent`, async (t) => {
    const provider = await startScriptedProvider({ [member]: value })
    t.after(() => provider.close())
    assert.deepEqual(await faultOf(provider.issuer), [
      `the ${member} in ${meta} is not a list of texts`,
      correct,
    ])
  })

for (const [name, metadata, lacking] of [
  ['no token endpoint', { token_endpoint: undefined }, 'token_endpoint'],
  ['no keys', { jwks_uri: undefined }, 'jwks_uri'],
  ['neither', { token_endpoint: undefined, jwks_uri: undefined }, 'token_endpoint and jwks_uri'],
] as const)
  test(`metadata with ${name} lacks ${lacking}`, async (t) => {
    const provider = await startScriptedProvider(metadata)
    t.after(() => provider.close())
    const [message] = await faultOf(provider.issuer)
    assert.equal(message, `${meta} lacks ${lacking}`)
  })

for (const [name, path, handler, message, remedy] of [
  ['metadata, 404', wellKnown, text(404, 'page'), `${reading}: HTTP 404, text/html`, other],
  ['metadata, 503', wellKnown, text(503, 'page'), `${reading}: HTTP 503, text/html`, away],
  [
    'metadata, 302',
    wellKnown,
    json(302, {}, { location: 'https://a.example' }),
    `${reading}: HTTP 302, application/json`,
    other,
  ],
  ['metadata that is a page', wellKnown, text(200, 'page'), `${reading}: HTTP 200, text/html`, other],
  [
    'metadata that is half',
    wellKnown,
    text(200, '{', { 'content-type': 'application/json' }),
    `${reading}: its answer is not JSON`,
    correct,
  ],
] as const satisfies readonly (readonly [string, string, Handler, string, string])[])
  test(`${name}: the status is said`, async (t) => {
    const provider = await startScriptedProvider()
    t.after(() => provider.close())
    provider.routes.set(path, handler)
    assert.deepEqual(await faultOf(provider.issuer), [message, remedy])
  })

for (const [name, handler, why] of [
  ['404', text(404, 'page'), 'HTTP 404, text/html'],
  ['503', json(503, { keys: [] }), 'HTTP 503, application/json'],
  ['a redirect', text(302, '', { location: 'https://a.example' }), 'HTTP 302, text/html'],
  ['a page', text(200, 'page'), 'its answer is not a JSON Web Key Set'],
  ['a list', json(200, []), 'its answer is not a JSON Web Key Set'],
  ['keys that are a text', json(200, { keys: 'none' }), 'its answer is not a JSON Web Key Set'],
] as const satisfies readonly (readonly [string, Handler, string])[])
  test(`keys, ${name}: it is said what was answered, and that the provider has to publish them`, async (t) => {
    const provider = await startScriptedProvider()
    t.after(() => provider.close())
    provider.routes.set('/jwks', handler)
    assert.deepEqual(await faultOf(provider.issuer), [
      `loading the provider's keys from <issuer>/jwks failed: ${why}`,
      'Let the provider publish its keys at its jwks_uri. It is tried again automatically.',
    ])
  })

test('a provider that cannot be reached: only then is it said what may be in the way', async () => {
  assert.deepEqual(await faultOf('http://127.0.0.1:1'), [
    `${reading}: connection refused (ECONNREFUSED)`,
    'Let the operator reach it: network policies, proxy, DNS, spec.caBundle. It is tried again automatically.',
  ])
})

async function faultOf(issuer: string): Promise<readonly [message: string, remedy: string | undefined]> {
  const examined = await createOpenIDProviders({ clock: systemClock, limits }).examine(aSpec(issuer))
  assert.ok(examined.kind === 'NotReady')
  assert.equal(examined.reason, 'DiscoveryFailed')
  return [examined.message.replaceAll(issuer, '<issuer>'), examined.remedy]
}
