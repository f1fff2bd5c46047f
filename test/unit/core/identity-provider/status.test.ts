import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Findings } from '../../../../src/core/identity-provider/findings.ts'
import { isReady, readyOf } from '../../../../src/core/condition.ts'
import type { Examined } from '../../../../src/core/ports/provider.ts'
import { aClient, aProvider } from '../../../support/builders/builders.ts'
import { after, aFinding, findings, refused } from '../../../support/builders/client-findings.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const usable: Examined = { kind: 'Usable', clockSkewSeconds: 0 }
const down: Examined = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'reading it failed: reset' }

const skewed = (clockSkewSeconds: number | undefined): Findings =>
  findings({ examined: { kind: 'Usable', clockSkewSeconds } })
const missing = aFinding({
  credential: {
    kind: 'NotFound',
    message: 'Secret countersign-system/bot does not exist',
    remedy: 'Create it.',
  },
})
const invalid = aFinding({
  credential: { kind: 'Invalid', version: '7', message: 'the private key is none' },
})

for (const [name, found, reason] of [
  ['all well', findings(), 'Discovered'],
  ['a provider that is not there', findings({ examined: down }), 'DiscoveryFailed'],
  ['a Secret that is not there', findings({ clients: [aFinding(), missing] }), 'SecretNotFound'],
  ['a key that is none', findings({ clients: [invalid] }), 'InvalidKey'],
  [
    'a client that was refused',
    findings({ clients: [aFinding({ experience: refused('7') })] }),
    'ClientAuthenticationFailed',
  ],
  ['the provider before the clients', findings({ examined: down, clients: [missing] }), 'DiscoveryFailed'],
  ['no pings, where none are wanted', findings({ servesPing: false }), 'Discovered'],
  ['30 seconds of skew', skewed(30), 'Discovered'],
  ['31 seconds of skew', skewed(31), 'ClockSkew'],
  ['31 seconds the other way', skewed(-31), 'ClockSkew'],
  ['a provider without Date', skewed(undefined), 'Discovered'],
  [
    'skew before the refusals that it causes',
    findings({
      examined: { kind: 'Usable', clockSkewSeconds: 90 },
      clients: [aFinding({ experience: refused('7') })],
    }),
    'ClockSkew',
  ],
] as const)
  test(`${name}: ${reason}`, () => {
    const ready = readyOf(after(aProvider(), found))
    assert.equal(ready?.reason, reason)
    assert.equal(ready.status, reason === 'Discovered' ? 'True' : 'False')
    assert.equal(ready.observedGeneration, 1)
    assert.match(ready.message, /^[A-Za-z].+\.$/)
  })

const carol = { kind: 'User', name: 'carol' } as const
const release = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' } as const
const fix = 'Let exactly one client name each requester, and at most one have no requesters.'

for (const [name, clients, want] of [
  [
    'two clients without requesters',
    [aClient('a'), aClient('b'), aClient('hers', [carol])],
    `Clients a and b both have no requesters, so requests of everyone else wait. ${fix}`,
  ],
  [
    'two clients for one requester',
    [aClient('a', [release, carol]), aClient('rest'), aClient('b', [release])],
    `Clients a and b both name requester system:serviceaccount:demo:release-bot, so its requests wait. ${fix}`,
  ],
  [
    'three clients for two requesters and the rest',
    [...['a', 'b', 'c'].map((id) => aClient(id, [carol, release])), aClient('d'), aClient('e')],
    `Clients a, b and c all name requester carol, and the same holds for 2 more, so its requests wait. ${fix}`,
  ],
  ['one client that names a requester twice', [aClient('a', [carol, carol])], undefined],
  ['a client for nobody beside one for all', [aClient('a', []), aClient('b')], undefined],
  ['a client of one requester beside one for all', [aClient('a', [carol]), aClient('b')], undefined],
] as const)
  test(`${name}: ${want === undefined ? 'Discovered' : 'AmbiguousClient'}`, () => {
    const ready = readyOf(after(aProvider({ clients }), findings()))
    assert.equal(ready?.reason, want === undefined ? 'Discovered' : 'AmbiguousClient')
    assert.equal(ready.status, want === undefined ? 'True' : 'False')
    if (want !== undefined) assert.equal(ready.message, want)
  })

test('what keeps everybody waiting is said before clients that keep some waiting', () => {
  const provider = aProvider({ clients: [aClient('a'), aClient('b')] })
  assert.equal(readyOf(after(provider, findings({ examined: down })))?.reason, 'DiscoveryFailed')
})

test('as many clients as there can be are a message that people read', () => {
  const clients = Array.from({ length: 64 }, (_, n) => aClient(`${'x'.repeat(250)}${10 + n}`, [carol]))
  const message = readyOf(after(aProvider({ clients }), findings()))?.message ?? ''
  assert.match(message, /and 63 more all name requester carol, so its requests wait/)
  assert.ok(message.endsWith(fix), message)
})

const mismatch = { reason: 'AlgorithmNotSupported', message: 'the provider signs with PS256' } as const
const misfitting = aFinding({
  credential: {
    ...{ kind: 'Usable', version: '7' },
    mismatch: { reason: 'ClientAuthenticationNotSupported', message: 'client bot signs with ES256' },
  },
})

for (const [name, found, message] of [
  [
    'what the provider says of itself and is not allowed',
    findings({ examined: { ...usable, mismatch }, clients: [missing] }),
    'The provider signs with PS256. Change spec.token.algorithms, or how the provider signs ID tokens. Requests wait and resume automatically.',
  ],
  [
    'a client that proves itself in another way',
    findings({ clients: [aFinding(), misfitting] }),
    'Client bot signs with ES256. Change the client’s authentication.method or authentication.algorithm to one that the provider lists.',
  ],
] as const)
  test(`${name} is said with the fix`, () => {
    const ready = readyOf(after(aProvider(), found))
    assert.deepEqual([ready?.status, ready?.message], ['False', message])
  })

for (const [name, message, want] of [
  ['a word', 'the provider is away', 'The provider is away.'],
  ['an address', 'http://localhost:8080 is no issuer', 'http://localhost:8080 is no issuer.'],
  ['a host', 'localhost:8080 is away', 'localhost:8080 is away.'],
  ['a field', 'spec.issuer is not an https URL', 'spec.issuer is not an https URL.'],
  ['a member', 'jwks_uri is missing', 'jwks_uri is missing.'],
  ['a name with a dash', 'agent-release-bot is refused', 'agent-release-bot is refused.'],
  ['a clause', 'kid: its key is not published', 'kid: its key is not published.'],
] as const)
  test(`${name} at the beginning of a message is spelled as it should be`, () => {
    const remedy = 'Do this.'
    const examined: Examined = { kind: 'NotReady', reason: 'DiscoveryFailed', message, remedy }
    assert.equal(readyOf(after(aProvider(), findings({ examined })))?.message, `${want} ${remedy}`)
  })

test('what is to be done about a key is said once', () => {
  const credential = {
    kind: 'Invalid',
    version: '7',
    message: 'the key is none',
    remedy: 'Make one.',
  } as const
  const ready = readyOf(after(aProvider(), findings({ clients: [aFinding({ credential })] })))
  assert.equal(ready?.message, 'The key is none. Make one.')
})

test('what the provider does not say is no fault, and is named', () => {
  const unlisted = ['grant_types_supported', 'token_endpoint_auth_methods_supported']
  const ready = readyOf(after(aProvider(), findings({ examined: { ...usable, unlisted } })))
  assert.equal(ready?.status, 'True')
  assert.equal(
    ready.message,
    "https://sso.company.com was discovered; 1 client can ask there. Its tokens do not name the action: they open whatever their scopes and audience open. Not compared, since the provider's metadata does not say: grant_types_supported, token_endpoint_auth_methods_supported.",
  )
})

test('a message says what is wrong, then what to do', () => {
  const ready = readyOf(after(aProvider(), findings({ clients: [missing] })))
  assert.equal(
    ready?.message,
    'Client agent-release-bot has no credential: Secret countersign-system/bot does not exist. Create it.',
  )
})

test('a clock that drifts on is said once', () => {
  const first = after(aProvider(), skewed(70))
  assert.deepEqual(after(first, skewed(200), 60).status, first.status)
  assert.notDeepEqual(after(first, skewed(301), 60).status, first.status)
})

test('nothing new is nothing to write', () => {
  const first = after(aProvider(), findings())
  assert.deepEqual(after(first, findings(), 600).status, first.status)
})

test('the transition time moves with the status only', () => {
  const failed = after(aProvider(), findings({ examined: down }))
  const still = after(failed, findings({ clients: [missing] }), 60)
  assert.equal(readyOf(still)?.lastTransitionTime, at(0))
  const ready = after(still, findings(), 120)
  assert.equal(readyOf(ready)?.lastTransitionTime, at(120))
  assert.ok(isReady(ready))
})
