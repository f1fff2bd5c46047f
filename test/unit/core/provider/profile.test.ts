import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitsOf } from '../../../../src/core/provider/profile.ts'
import { signatureAlgorithms } from '../../../../src/core/provider/algorithms.ts'
import { aProvider } from '../../../support/builders/builders.ts'

const generic = { ...aProvider().spec, profile: 'Generic', token: {} } as const
const oidcProvider = { ...generic, profile: 'OidcProvider' } as const
const keycloak = { ...generic, profile: 'Keycloak' } as const
const auth0 = { ...generic, profile: 'Auth0' } as const

const common = {
  hintType: 'Plain',
  audienceParameter: 'resource',
  accessDenied: 'Refused',
  promptErrors: [],
  approverClaim: 'sub',
  approverClaimComparison: 'Exact',
  algorithms: signatureAlgorithms,
  ignoredScopes: [],
  actionBinding: 'None',
  authorizationDetails: 'Unsupported',
}

for (const [spec, changes] of [
  [generic, { bindingMessage: { pattern: 'A-Za-z0-9-', maxLength: 20 }, assertionReplay: 'Unknown' }],
  [
    keycloak,
    {
      promptErrors: [
        { error: 'invalid_request', description: /^invalid[ _]user$/, means: 'unknown_user_id' },
      ],
      approverClaim: 'preferred_username',
      approverClaimComparison: 'IgnoreCase',
      ignoredScopes: ['acr', 'basic', 'email', 'profile', 'web-origins'],
      bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 50 },
      assertionReplay: 'Refused',
    },
  ],
  [
    auth0,
    {
      hintType: 'IssSub',
      audienceParameter: 'audience',
      accessDenied: 'RefusedOrExpired',
      bindingMessage: { pattern: 'A-Za-z0-9+_.,:#-', maxLength: 64 },
      assertionReplay: 'Refused',
    },
  ],
  [
    oidcProvider,
    {
      actionBinding: 'ParameterizedScopes',
      authorizationDetails: 'Supported',
      bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 20 },
      assertionReplay: 'Refused',
    },
  ],
] as const)
  test(`profile ${spec.profile} has its presets`, () => {
    assert.deepEqual(habitsOf(spec), { ...common, ...changes })
  })

test('every preset can be overridden, each by itself', () => {
  const token = {
    approverClaim: 'email',
    approverClaimComparison: 'Exact',
    algorithms: ['ES256'],
    ignoredScopes: ['profile'],
  } as const
  const bindingMessage = { pattern: 'a-z', maxLength: 50 }
  const others = {
    bindingMessage,
    actionBinding: 'None',
    assertionReplay: 'Unknown',
    authorizationDetails: 'Supported',
  } as const
  const { audienceParameter, accessDenied, promptErrors } = common
  assert.deepEqual(habitsOf({ ...oidcProvider, ...others, hint: { type: 'IssSub' }, token }), {
    ...{ ...token, ...others, hintType: 'IssSub', audienceParameter, accessDenied, promptErrors },
  })
  const unsupported = { ...oidcProvider, authorizationDetails: 'Unsupported' } as const
  assert.equal(habitsOf(unsupported).authorizationDetails, 'Unsupported')
  assert.deepEqual(habitsOf({ ...oidcProvider, bindingMessage: { maxLength: 50 } }).bindingMessage, {
    pattern: 'a-zA-Z0-9._+/!?#-',
    maxLength: 50,
  })
})

test('no preset accepts an unsigned token or the client’s own secret', () => {
  for (const spec of [generic, keycloak, auth0, oidcProvider])
    assert.deepEqual(
      habitsOf(spec).algorithms.filter((algorithm) => algorithm === 'none' || algorithm.startsWith('HS')),
      [],
    )
})
