import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitsOf } from '../../../../src/core/provider/profile.ts'
import { aProvider } from '../../../support/builders.ts'

const generic = { ...aProvider().spec, profile: 'Generic', token: {} } as const
const oidcProvider = { ...generic, profile: 'OidcProvider' } as const

for (const [name, spec, changes] of [
  [
    'Generic',
    generic,
    {
      actionBinding: 'None',
      bindingMessage: { pattern: 'A-Za-z0-9-', maxLength: 20 },
      assertionReplay: 'Unknown',
    },
  ],
  [
    'OidcProvider',
    oidcProvider,
    {
      actionBinding: 'ParameterizedScopes',
      bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 20 },
      assertionReplay: 'Refused',
    },
  ],
] as const)
  test(`profile ${name} has its presets`, () => {
    assert.deepEqual(habitsOf(spec), {
      approverClaim: 'sub',
      algorithms: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      ignoredScopes: [],
      ...changes,
    })
  })

test('every preset can be overridden, each by itself', () => {
  const token = { approverClaim: 'email', algorithms: ['ES256'], ignoredScopes: ['profile'] } as const
  const bindingMessage = { pattern: 'a-z', maxLength: 50 }
  const others = { bindingMessage, actionBinding: 'None', assertionReplay: 'Unknown' } as const
  assert.deepEqual(habitsOf({ ...oidcProvider, ...others, token }), { ...token, ...others })
  assert.deepEqual(habitsOf({ ...oidcProvider, bindingMessage: { maxLength: 50 } }).bindingMessage, {
    pattern: 'a-zA-Z0-9._+/!?#-',
    maxLength: 50,
  })
})

test('no preset accepts an unsigned token or the client’s own secret', () => {
  for (const spec of [generic, oidcProvider])
    assert.deepEqual(
      habitsOf(spec).algorithms.filter((algorithm) => algorithm === 'none' || algorithm.startsWith('HS')),
      [],
    )
})
