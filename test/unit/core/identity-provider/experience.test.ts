import assert from 'node:assert/strict'
import { test } from 'node:test'
import { experienceOf } from '../../../../src/core/identity-provider/experience.ts'
import { granted, pendingError, prompted } from '../../../support/fakes/providers/port.ts'

const error = (code: string) => ({ kind: 'Error', error: code }) as const
const notPrompted = (code: string) => ({ kind: 'NotPrompted', error: code }) as const

for (const [outcome, want] of [
  [prompted, 'Accepted'],
  [granted, 'Accepted'],
  [pendingError, 'Accepted'],
  [error('slow_down'), 'Accepted'],
  [error('access_denied'), 'Accepted'],
  [error('expired_token'), 'Accepted'],
  [error('invalid_client'), 'Refused'],
  [error('unauthorized_client'), 'Refused'],
  [notPrompted('invalid_client'), 'Refused'],
  [notPrompted('temporarily_unavailable'), 'Unusable'],
  [notPrompted('server_error'), 'Unusable'],
  [notPrompted('invalid_request'), undefined],
  [notPrompted('toString'), undefined],
  [error('invalid_grant'), undefined],
  [{ kind: 'Unknown', detail: 'reset' }, 'Unusable'],
  [{ kind: 'Unreachable', detail: 'reset' }, 'Unusable'],
] as const)
  test(`${'error' in outcome ? outcome.error : outcome.kind} means ${want ?? 'nothing'}`, () => {
    assert.equal(experienceOf(outcome, '7')?.kind, want)
  })

test('a refusal names the Secret that was refused', () => {
  assert.deepEqual(experienceOf(error('invalid_client'), '7'), {
    kind: 'Refused',
    error: 'invalid_client',
    secretResourceVersion: '7',
  })
})

test('a refusal keeps what the provider says of it', () => {
  const answer = { ...error('invalid_client'), description: 'Client is disabled' }
  assert.deepEqual(experienceOf(answer, '7'), {
    kind: 'Refused',
    error: 'invalid_client',
    description: 'Client is disabled',
    secretResourceVersion: '7',
  })
})
