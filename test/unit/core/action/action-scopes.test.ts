import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isActionScope } from '../../../../src/core/action/action-scopes.ts'

for (const [scope, want] of [
  ['action:promote-rollout', true],
  ['target:a/b:c', true],
  ['digest:sha256:ab', true],
  // It names no action: whoever grants it has granted nothing in particular.
  ['action:', false],
  ['action', false],
  ['actions:a', false],
  [':action', false],
  ['', false],
] as const) {
  test(`"${scope}" ${want ? 'names' : 'does not name'} an action`, () => {
    assert.equal(isActionScope(scope), want)
  })
}
