/** What is compared before anyone is prompted, and that an ID token's algorithm must be one that the provider lists. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { IdentityProviderSpec } from '../../../src/api/objects.ts'
import type { ClientCredential, Connected, Examined } from '../../../src/core/ports/provider.ts'
import { signatureAlgorithms } from '../../../src/core/provider/algorithms.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aClientKey } from '../../support/builders/client-key.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { aSharedSecret as basic, aSpec } from '../../support/builders/identity-provider-spec.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

const wellKnown = '/.well-known/openid-configuration'
const post = { ...basic, method: 'client_secret_post' } as const
const es256 = (await aClientKey('ES256')).secret
const p521 = (await aClientKey('ES512')).secret
const byKey = { kind: 'PrivateKey', clientID: 'bot', jwk: es256 } as const
const keySets = { ES256: await aSigningKey('k1'), PS256: await aSigningKey('k2', 'PS256') }

type Metadata = Readonly<Record<string, unknown>>
type Row = readonly [
  name: string,
  metadata: Metadata,
  spec: Partial<IdentityProviderSpec>,
  credential: ClientCredential,
  want: RegExp | undefined,
]

const algorithms = 'id_token_signing_alg_values_supported'
const methods = 'token_endpoint_auth_methods_supported'
const signing = 'token_endpoint_auth_signing_alg_values_supported'
const details = 'authorization_details_types_supported'

const rows: readonly Row[] = [
  ['that says nothing', {}, {}, basic, undefined],
  ['that lists the algorithm of its key', { [algorithms]: ['RS256', 'ES256'] }, {}, basic, undefined],
  [
    'that signs with what is not allowed',
    { [algorithms]: ['PS256', 'ES256'] },
    { token: { algorithms: ['ES384'] } },
    basic,
    /^AlgorithmNotSupported: the provider signs ID tokens with PS256, ES256 \(id_token_signing_alg_values_supported\), and spec\.token\.algorithms allows ES384\. Add PS256, ES256 to spec\.token\.algorithms, or change how the provider signs ID tokens\. Requests wait/,
  ],
  [
    'that signs with secrets only',
    { [algorithms]: ['HS256'] },
    {},
    basic,
    /^AlgorithmNotSupported: .* signs ID tokens with HS256 .*and spec\.token\.algorithms allows ES256, .*\. Let the provider sign with one of those\. Requests wait/,
  ],
  [
    'that lists no algorithm',
    { [algorithms]: [] },
    { token: { algorithms: ['ES384'] } },
    basic,
    /^AlgorithmNotSupported: the provider lists no algorithm for ID tokens \(id_token_signing_alg_values_supported is empty\), and spec\.token\.algorithms allows ES384\. Let the provider sign with one of those\. Requests wait/,
  ],
  [
    'that lists no way to prove oneself',
    { [methods]: [] },
    {},
    basic,
    /^ClientAuthenticationNotSupported: client bot proves itself by client_secret_basic, and the provider lists nothing that it takes \(token_endpoint_auth_methods_supported is empty\)$/,
  ],
  [
    'that lists no algorithm for assertions',
    { [signing]: [] },
    {},
    byKey,
    /^ClientAuthenticationNotSupported: client bot signs its assertions with ES256, and the provider lists nothing that it takes \(token_endpoint_auth_signing_alg_values_supported is empty\)$/,
  ],
  [
    'whose list has text that is none of ours',
    { [algorithms]: ['\u001b[31mX', 'y'.repeat(500)] },
    {},
    basic,
    /^AlgorithmNotSupported: the provider signs ID tokens with \?\[31mX, y{40} \(/,
  ],
  [
    'without a key for its algorithm',
    { [algorithms]: ['RS256'] },
    {},
    basic,
    /^SigningKeyNotFound: the provider's jwks_uri publishes no key that verifies RS256$/,
  ],
  [
    'without a key for what is allowed',
    {},
    { token: { algorithms: ['ES384', 'PS256'] } },
    basic,
    /^SigningKeyNotFound: .* verifies one of ES384, PS256$/,
  ],
  ['that takes the method', { [methods]: ['client_secret_basic'] }, {}, basic, undefined],
  [
    'that takes another method',
    { [methods]: ['private_key_jwt', 'client_secret_basic'] },
    {},
    post,
    /^ClientAuthenticationNotSupported: client bot proves itself by client_secret_post, and the provider takes private_key_jwt, client_secret_basic \(token_endpoint_auth_methods_supported\)$/,
  ],
  ['that takes the key', { [methods]: ['private_key_jwt'], [signing]: ['ES256'] }, {}, byKey, undefined],
  [
    'that takes other keys',
    { [methods]: ['private_key_jwt'], [signing]: ['RS256'] },
    {},
    byKey,
    /^ClientAuthenticationNotSupported: client bot signs its assertions with ES256, and the provider takes RS256 /,
  ],
  ['that takes ES512', { [signing]: ['ES512'] }, {}, { ...byKey, jwk: p521 }, undefined],
  ['that takes other keys, for a secret', { [signing]: ['RS256'] }, {}, basic, undefined],
  [
    'that knows other details',
    { [details]: ['payment'] },
    { authorizationDetails: 'Supported' },
    basic,
    /^AuthorizationDetailsNotSupported: spec\.authorizationDetails is Supported, but the provider lists payment, and not countersign\.dev\/action \(authorization_details_types_supported\)$/,
  ],
  [
    'that knows no details',
    { [details]: [] },
    { authorizationDetails: 'Supported' },
    basic,
    /^AuthorizationDetailsNotSupported: spec\.authorizationDetails is Supported, but the provider lists no types \(authorization_details_types_supported is empty\)$/,
  ],
  ['that knows other details, where none are asked', { [details]: ['payment'] }, {}, basic, undefined],
  [
    'that knows the details',
    { [details]: ['countersign.dev/action'] },
    { authorizationDetails: 'Supported' },
    basic,
    undefined,
  ],
  // Not compared: a provider need not list every scope, nor say which client wants a user code.
  ['that lists few scopes', { scopes_supported: ['openid'] }, {}, basic, undefined],
  ['that knows user codes', { backchannel_user_code_parameter_supported: true }, {}, basic, undefined],
]

for (const [name, metadata, spec, credential, want] of rows)
  test(`a provider ${name} ${want === undefined ? 'fits' : 'does not fit'}`, async (t) => {
    const { provider, connected } = await connect(t, metadata, { spec, credential })
    assert.ok(connected.kind === 'Connected')
    const { reason, message, remedy } = connected.mismatch ?? {}
    if (want === undefined) assert.equal(message, undefined)
    else assert.match(`${reason}: ${message}${remedy === undefined ? '' : `. ${remedy}`}`, want)
    assert.deepEqual(provider.received.get('/backchannel'), undefined)
  })

for (const [name, key] of [
  ['is for encryption', { use: 'enc' }],
  ['is for another algorithm', { alg: 'ES384' }],
  ['only signs', { use: undefined, key_ops: ['sign'] }],
  ['is of another curve', { crv: 'P-384', alg: undefined }],
  ['is of another kind', { kty: 'OKP' }],
] as const)
  test(`a key that ${name} is no signing key`, async (t) => {
    const { provider } = await connect(t, {}, {})
    provider.routes.set('/jwks', json(200, { keys: [{ ...keySets.ES256.publicJwk, ...key }] }))
    const spec = aSpec(provider.issuer, { token: { algorithms: ['ES256'] } })
    const connected = await providers().connect(spec, basic)
    assert.equal(mismatchOf(connected), 'SigningKeyNotFound')
  })

test('what is not listed is said, as far as it matters', async (t) => {
  const { provider } = await connect(t, { [algorithms]: ['ES256'] }, {})
  const unlisted = async (spec: Partial<IdentityProviderSpec>): Promise<readonly string[] | undefined> => {
    const examined: Examined = await providers().examine(aSpec(provider.issuer, spec))
    return examined.kind === 'Usable' ? examined.unlisted : undefined
  }
  const always = ['grant_types_supported', 'backchannel_token_delivery_modes_supported', methods]
  assert.deepEqual(await unlisted({}), always)
  assert.deepEqual(await unlisted({ authorizationDetails: 'Supported' }), [...always, details])
})

for (const algorithm of signatureAlgorithms)
  test(`an ID token signed with ${algorithm} is verified where nothing is configured`, async (t) => {
    const key = await aSigningKey('k1', algorithm)
    const { provider, connected } = await connect(t, { [algorithms]: [algorithm] }, { key })
    assert.equal(mismatchOf(connected), undefined)
    assert.equal(await verdict(connected, provider, key), 'Verified')
  })

test('an ID token is not signed with what the provider does not list', async (t) => {
  const { provider, connected } = await connect(t, { [algorithms]: ['PS256'] }, { key: keySets.PS256 })
  provider.publish(keySets.ES256, 'Add')
  assert.equal(await verdict(connected, provider, keySets.PS256), 'Verified')
  assert.equal(await verdict(connected, provider, keySets.ES256), 'Rejected alg')
})

test('a provider that has begun to sign otherwise is asked about itself again', async (t) => {
  const { provider, connected } = await connect(t, { [algorithms]: ['PS256'] }, { key: keySets.PS256 })
  provider.publish(keySets.ES256, 'Add')
  provider.routes.set(wellKnown, json(500, {}))
  assert.equal(await verdict(connected, provider, keySets.ES256), 'NotYet alg')
  provider.routes.set(wellKnown, json(200, { ...provider.metadata, [algorithms]: ['PS256', 'ES256'] }))
  assert.equal(await verdict(connected, provider, keySets.ES256), 'Verified')
})

type Connecting = {
  readonly spec?: Partial<IdentityProviderSpec>
  readonly credential?: ClientCredential
  readonly key?: Awaited<ReturnType<typeof aSigningKey>>
}

async function connect(
  t: TestContext,
  metadata: Metadata,
  { spec, credential = basic, key = keySets.ES256 }: Connecting,
): Promise<{ readonly provider: ScriptedProvider; readonly connected: Connected }> {
  const provider = await startScriptedProvider(metadata)
  t.after(() => provider.close())
  provider.publish(key, 'Replace')
  return { provider, connected: await providers().connect(aSpec(provider.issuer, spec), credential) }
}

function providers(): ReturnType<typeof createOpenIDProviders> {
  return createOpenIDProviders({ clock: systemClock, limits: { connectSeconds: 1, metadataSeconds: 1 } })
}

function mismatchOf(connected: Connected): string | undefined {
  assert.ok(connected.kind === 'Connected')
  return connected.mismatch?.reason
}

async function verdict(
  connected: Connected,
  { issuer }: ScriptedProvider,
  key: Awaited<ReturnType<typeof aSigningKey>>,
): Promise<string> {
  assert.ok(connected.kind === 'Connected')
  const now = Math.floor(Date.now() / 1000)
  const idToken = await key.sign({ iss: issuer, sub: 'alice', aud: 'bot', iat: now, exp: now + 300 })
  const response = {
    accessToken: 'at',
    tokenType: 'Bearer',
    idToken,
    expiresInSeconds: 300,
    scope: undefined,
  }
  const verification = await connected.connection.verifyIdToken(response, signatureAlgorithms)
  return 'clause' in verification ? `${verification.kind} ${verification.clause}` : verification.kind
}
