import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitsOf } from '../../../../src/core/provider/profile.ts'
import { inWordsOfCiba } from '../../../../src/oidc/provider/profile-errors.ts'
import { aSpec } from '../../../support/builders/identity-provider-spec.ts'

const keycloak = habitsOf(aSpec('https://login.company.com', { profile: 'Keycloak' }))

const refusal = (error: string, description?: string) =>
  ({ kind: 'NotPrompted', error, ...(description !== undefined && { description }) }) as const

for (const [name, profile, answer, want] of [
  [
    'Keycloak does not know the user',
    'Keycloak',
    refusal('invalid_request', 'invalid_user'),
    'unknown_user_id',
  ],
  ['an older Keycloak', 'Keycloak', refusal('invalid_request', 'invalid user'), 'unknown_user_id'],
  [
    'Keycloak about the request',
    'Keycloak',
    refusal('invalid_request', 'missing parameter : scope'),
    'invalid_request',
  ],
  ['Keycloak without a word', 'Keycloak', refusal('invalid_request'), 'invalid_request'],
  ['Keycloak with another error', 'Keycloak', refusal('server_error', 'invalid_user'), 'server_error'],
  ['another provider', 'Generic', refusal('invalid_request', 'invalid_user'), 'invalid_request'],
] as const)
  test(`${name}: ${want}`, () => {
    assert.deepEqual(inWordsOfCiba(habitsOf(aSpec('https://login.company.com', { profile })), answer), {
      ...answer,
      error: want,
    })
  })

test('what is no error stays as it is', () => {
  const prompted = { kind: 'Prompted', authReqId: 'id', expiresInSeconds: 60, intervalSeconds: 5 } as const
  const unknown = { kind: 'Unknown', detail: 'invalid_user' } as const
  assert.deepEqual(inWordsOfCiba(keycloak, prompted), prompted)
  assert.deepEqual(inWordsOfCiba(keycloak, unknown), unknown)
})
