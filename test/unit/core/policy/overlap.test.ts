import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicy, ApprovalPolicySpec, Namespace } from '../../../../src/api/objects.ts'
import { intersects, mayOverlap, overlapOf } from '../../../../src/core/policy/overlap.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'

for (const [one, other, want] of [
  ['promote', 'promote', true],
  ['promote', 'scale-out', false],
  ['promote-*', 'promote-rollout', true],
  ['promote-*', 'promote', false],
  ['*', 'promote', true],
  ['*', '*', true],
  ['promote-*', '*-canary', true],
  ['a*b', 'ab*', true],
  ['a*b', 'a*c', false],
  ['a*', 'b*', false],
  ['*a*', '*b*', true],
  ['a*a', 'a', false],
  ['a**a', 'aa', true],
  ['**', 'x', true],
  ['a*c*e', 'ab*d*e', true],
  ['a*c', '*b', false],
] as const)
  test(`${one} and ${other} have ${want ? 'an' : 'no'} action in common`, () => {
    assert.equal(intersects(one, other), want)
    assert.equal(intersects(other, one), want)
  })

test('patterns of many stars are compared in no time', () => {
  const [one, other] = [`${'a*'.repeat(31)}b`, `${'*a'.repeat(31)}c`]
  const from = performance.now()
  assert.equal(intersects(one, other), false)
  assert.ok(performance.now() - from < 100)
})

const prod = { matchLabels: { env: 'prod' } }
const demo = aNamespace()
const bot = { kind: 'ServiceAccount', namespace: 'demo', name: 'bot' } as const

function matching(match: Partial<ApprovalPolicySpec['match']>, name = 'other'): ApprovalPolicy {
  return aPolicy({ name, match: { namespaceSelector: prod, actions: ['promote-*'], ...match } })
}

const policy = aPolicy()

for (const [name, other, namespaces, want] of [
  ['a pattern that has its action', matching({}), [demo], true],
  ['another action', matching({ actions: ['scale-out'] }), [demo], false],
  ['another priority', { ...matching({}), spec: { ...matching({}).spec, priority: 1 } }, [demo], false],
  ['another label that one Namespace has too', matching({ namespaceSelector: {} }), [demo], true],
  [
    'another value of the label',
    matching({ namespaceSelector: { matchLabels: { env: 'dev' } } }),
    [demo],
    false,
  ],
  [
    'an expression that the Namespace does not meet',
    matching({
      namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] },
    }),
    [demo],
    false,
  ],
  ['no Namespace that both match', matching({}), [aNamespace({ env: 'dev' })], false],
  ['no Namespace at all', matching({}), [], false],
  ['a kind of target, where the first takes any', matching({ targetKinds: ['Rollout'] }), [demo], true],
  ['an environment that the Namespace has', matching({ environments: ['prod'] }), [demo], true],
  ['an environment that it has not', matching({ environments: ['dev'] }), [demo], false],
  ['a requester, where the first takes any', matching({ requesters: [bot] }), [demo], true],
  ['its own name', matching({}, policy.metadata.name), [demo], false],
] as const satisfies readonly (readonly [string, ApprovalPolicy, readonly Namespace[], boolean])[])
  test(`a policy with ${name} ${want ? 'overlaps' : 'does not overlap'}`, () => {
    const overlap = { namespace: 'demo', action: 'promote-rollout' }
    assert.deepEqual(overlapOf(policy, other, namespaces), want ? overlap : undefined)
    assert.equal(overlapOf(other, policy, namespaces) !== undefined, want)
  })

test('requesters and kinds that differ keep policies apart', () => {
  const carol = { kind: 'User', name: 'carol' } as const
  assert.ok(!mayOverlap(matching({ requesters: [bot] }), matching({ requesters: [carol] }, 'b')))
  assert.ok(mayOverlap(matching({ requesters: [bot] }), matching({ requesters: [carol, bot] }, 'b')))
  assert.ok(!mayOverlap(matching({ targetKinds: ['Node'] }), matching({ targetKinds: ['Rollout'] }, 'b')))
})
