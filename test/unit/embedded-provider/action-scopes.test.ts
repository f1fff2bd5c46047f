import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsOf, hasContradiction } from '../../../src/embedded-provider/action-scopes.ts'

test('scopes that name the action become claims', () => {
  const scopes = [
    'openid',
    'rollouts:promote',
    'action:promote-rollout',
    'digest:sha256:ab',
    'target:a/b:c',
    'kind:',
  ]
  assert.deepEqual(claimsOf(scopes), { action: 'promote-rollout', digest: 'sha256:ab', target: 'a/b:c' })
})

test('two values for one claim contradict each other', () => {
  assert.equal(hasContradiction(['action:a', 'target:a']), false)
  assert.equal(hasContradiction(['action:a', 'action:b']), true)
})
