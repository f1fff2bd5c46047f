import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anIdentityProvider, withField } from '../../support/builders/manifests.ts'

const plain = withField(anIdentityProvider, 'spec.allowInsecureHTTP', true)
const generic = withField(anIdentityProvider, 'spec.profile', 'Generic')
const aClient = {
  clientID: 'agent-release-bot',
  authentication: { method: 'client_secret_basic', secretRef: { name: 'agent', key: 'client-secret' } },
}
const transport = testTransport()

const cases: readonly FieldCase[] = [
  ['wants an issuer', 'spec.issuer', undefined, 'Required value'],
  ['takes an issuer with a path', 'spec.issuer', 'https://sso.company.com/realms/prod'],
  ['refuses plain http', 'spec.issuer', 'http://sso.company.com', 'must be an https URL'],
  [
    'refuses plain http on loopback unless it is allowed',
    'spec.issuer',
    'http://127.0.0.1:41443',
    'only with allowInsecureHTTP: true',
  ],
  ['refuses a query in the issuer', 'spec.issuer', 'https://sso.company.com/?a=b', 'no spaces, ? or #'],
  ['refuses an unknown profile', 'spec.profile', 'Okta', 'supported values: "Generic", "Keycloak"'],
  ['takes the profile Keycloak', 'spec.profile', 'Keycloak'],
  ['takes the profile Auth0', 'spec.profile', 'Auth0'],
  ['takes another form of hint', 'spec.hint', { type: 'IssSub' }],
  ['refuses an unknown form of hint', 'spec.hint', { type: 'Token' }, 'supported values: "Plain"'],

  ['wants a client', 'spec.clients', [], 'should have at least 1 items'],
  [
    'refuses two clients of one name',
    'spec.clients',
    [aClient, aClient],
    'spec.clients[1]',
    'Duplicate value',
  ],
  [
    'refuses an unknown authentication',
    'spec.clients',
    [withField(aClient, 'authentication.method', 'none')],
    'spec.clients[0].authentication.method',
    'supported values',
  ],
  [
    'wants the key of the credential',
    'spec.clients',
    [withField(aClient, 'authentication.secretRef.key', undefined)],
    'spec.clients[0].authentication.secretRef.key',
    'Required value',
  ],
  [
    'refuses a Secret of another namespace',
    'spec.clients',
    [withField(aClient, 'authentication.secretRef.namespace', 'prod')],
    'unknown field',
  ],
  [
    'wants the namespace of a ServiceAccount',
    'spec.clients',
    [{ ...aClient, requesters: [{ kind: 'ServiceAccount', name: 'bot' }] }],
    'spec.clients[0].requesters[0]',
    'a ServiceAccount needs a namespace',
  ],
  [
    'refuses an empty list of requesters',
    'spec.clients',
    [{ ...aClient, requesters: [] }],
    'spec.clients[0].requesters',
    'at least 1 items',
  ],

  ['refuses push delivery', 'spec.delivery', 'Push', 'supported values: "Poll"'],
  ['takes a message of 7 characters', 'spec.bindingMessage.maxLength', 7],
  [
    'refuses a shorter message than the code',
    'spec.bindingMessage.maxLength',
    6,
    'greater than or equal to 7',
  ],
  [
    'takes every algorithm that can be verified',
    'spec.token.algorithms',
    [
      ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
      ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
    ],
  ],
  ['refuses an algorithm that nobody here verifies', 'spec.token.algorithms', ['ES256K'], 'supported values'],
  ['refuses an unsigned algorithm', 'spec.token.algorithms', ['none'], 'supported values: "RS256"'],
  ['refuses a symmetric algorithm', 'spec.token.algorithms', ['HS256'], 'supported values: "RS256"'],
  ['refuses a claim with a space', 'spec.token.approverClaim', 'user name', 'such as preferred_username'],
  [
    'takes a claim that is compared without case',
    'spec.token',
    { approverClaim: 'login', approverClaimComparison: 'IgnoreCase' },
  ],
  [
    'refuses to compare sub without case',
    'spec.token',
    { approverClaim: 'sub', approverClaimComparison: 'IgnoreCase' },
    'sub is compared exactly',
  ],
  [
    'refuses another comparison',
    'spec.token.approverClaimComparison',
    'Unicode',
    'supported values: "Exact"',
  ],
  ['takes how users are spelled', 'spec.kubernetesUsernames', { prefix: 'oidc:', claim: 'email' }],
  ['takes an empty prefix', 'spec.kubernetesUsernames', { prefix: '', claim: 'sub' }],
  ['wants the claim of the user name', 'spec.kubernetesUsernames', { prefix: 'oidc:' }, 'Required value'],
  ['wants the prefix, if it is empty', 'spec.kubernetesUsernames', { claim: 'sub' }, 'Required value'],
  [
    'refuses a claim of the user name with a space',
    'spec.kubernetesUsernames',
    { prefix: '', claim: 'user name' },
    'such as email',
  ],
  ['refuses a fragment in the issuer', 'spec.issuer', 'https://sso.company.com/#a', 'no spaces, ? or #'],
  ['refuses an issuer without https', 'spec.issuer', 'sso.company.com', 'such as https://sso.company.com'],
  [
    'refuses accepted characters beyond ASCII',
    'spec.bindingMessage',
    { pattern: 'a-zäöü' },
    'such as a-zA-Z0-9._-',
  ],
]
testFields(transport, anIdentityProvider, cases)

testFields(transport, generic, [
  [
    'wants a claim with the profile Generic',
    'spec.token.approverClaim',
    undefined,
    'set token.approverClaim',
    'for example preferred_username',
  ],
  ['takes the profile Generic with a claim', 'spec.token.approverClaim', 'preferred_username'],
])

testFields(transport, plain, [
  ['takes plain http on 127.0.0.1', 'spec.issuer', 'http://127.0.0.1:41443'],
  ['takes plain http on localhost', 'spec.issuer', 'http://localhost:41443/realms/a'],
  ['takes plain http on ::1', 'spec.issuer', 'http://[::1]:41443'],
  [
    'refuses a host that only begins like localhost',
    'spec.issuer',
    'http://localhost.evil.com',
    'loopback address only',
  ],
  [
    'refuses a host that only begins like 127',
    'spec.issuer',
    'http://127.0.0.1.evil.com',
    'loopback address only',
  ],
  ['refuses a name before an at sign', 'spec.issuer', 'http://127.0.0.1@evil.com', 'spec.issuer'],
  ['takes https all the same', 'spec.issuer', 'https://sso.company.com'],
])
