import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerMetadata } from 'openid-client'
import { backchannelOf } from '../../../../src/oidc/provider/backchannel.ts'

const endpoints = {
  issuer: 'https://sso.example',
  token_endpoint: 'https://sso.example/token',
  jwks_uri: 'https://sso.example/jwks',
}
const backchannel_authentication_endpoint = 'https://sso.example/backchannel'
const ciba = 'urn:openid:params:grant-type:ciba'

type Row = readonly [name: string, metadata: Partial<ServerMetadata>, want: 'Supported' | 'NotReady']

const rows: readonly Row[] = [
  ['no endpoint', {}, 'NotReady'],
  ['an endpoint alone', { backchannel_authentication_endpoint }, 'Supported'],
  ['the grant type', { backchannel_authentication_endpoint, grant_types_supported: [ciba] }, 'Supported'],
  [
    'other grant types',
    { backchannel_authentication_endpoint, grant_types_supported: ['implicit'] },
    'NotReady',
  ],
  [
    'poll',
    { backchannel_authentication_endpoint, backchannel_token_delivery_modes_supported: ['poll'] },
    'Supported',
  ],
  [
    'push',
    { backchannel_authentication_endpoint, backchannel_token_delivery_modes_supported: ['push'] },
    'NotReady',
  ],
]

for (const [delivery, modes, fault] of [
  ['Ping', undefined, undefined],
  ['Ping', ['poll', 'ping'], undefined],
  ['Ping', ['poll'], 'Set spec.delivery to Poll, or switch ping on at the provider.'],
  ['Poll', undefined, undefined],
  ['Poll', ['poll', 'ping'], undefined],
  ['Poll', ['ping'], 'Set spec.delivery to Ping, or switch poll on at the provider.'],
  ['Poll', ['push', 'ping'], 'Set spec.delivery to Ping, or switch poll on at the provider.'],
  ['Poll', ['push'], 'Switch poll or ping on at the provider, or name another issuer.'],
  ['Ping', ['push'], 'Switch poll or ping on at the provider, or name another issuer.'],
  ['Poll', [], 'Switch poll or ping on at the provider, or name another issuer.'],
] as const)
  test(`${delivery} with the modes ${modes?.join(' and ') ?? 'left out'}: ${fault ?? 'supported'}`, () => {
    const lists = modes === undefined ? {} : { backchannel_token_delivery_modes_supported: [...modes] }
    const outcome = backchannelOf({ ...endpoints, backchannel_authentication_endpoint, ...lists }, delivery)
    assert.equal(outcome.kind === 'NotReady' ? outcome.remedy : undefined, fault)
    assert.equal(outcome.kind, fault === undefined ? 'Supported' : 'NotReady')
  })

for (const [name, metadata, want] of rows)
  test(`metadata with ${name} is ${want}`, () => {
    const outcome = backchannelOf({ ...endpoints, ...metadata }, 'Poll')
    assert.equal(outcome.kind, want)
    if (outcome.kind === 'NotReady') assert.equal(outcome.reason, 'BackchannelNotSupported')
  })
