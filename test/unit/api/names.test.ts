import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionScopePrefixes, tokenSecretName } from '../../../src/api/names.ts'

test('the token’s Secret is named after the request', () => {
  assert.equal(tokenSecretName('foo-v2'), 'foo-v2.countersign')
})

test('the name of a Secret is never longer than Kubernetes allows', () => {
  assert.ok(tokenSecretName('x'.repeat(63)).length <= 253)
})

test('the scopes that name an action are those that requests may not ask for', () => {
  assert.deepEqual(actionScopePrefixes, [
    'action',
    'target',
    'namespace',
    'kind',
    'revision',
    'environment',
    'digest',
  ])
})
