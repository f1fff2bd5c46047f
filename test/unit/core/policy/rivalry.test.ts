import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicy, ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { areRivals, rivalry } from '../../../../src/core/policy/rivalry.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'

const policy = aPolicy()
const rival = aPolicy({ name: 'rival' })

function said(given: ApprovalPolicy, policies: readonly ApprovalPolicy[]): string | undefined {
  return rivalry(given, policies, [aNamespace()])?.message
}

test('no policy is its own rival', () => {
  assert.ok(!areRivals(policy, policy) && areRivals(policy, rival))
  const spec: Partial<ApprovalPolicySpec> = { match: { namespaceSelector: {}, actions: ['drain-node'] } }
  assert.ok(!areRivals(policy, aPolicy({ name: 'rival', ...spec })))
})

test('an overlap is said with an example and the fix', () => {
  const wide = aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })
  assert.equal(
    said(policy, [policy, wide]),
    'Policy wide has the same priority, 0, and matches some of the same requests: action promote-rollout in namespace demo, for example.',
  )
})

const twins = ['twin', 'twin2', 'twin3'].map((name) => aPolicy({ name }))
const alike = 'the same with the same priority, 0.'

test('a policy names every other that matches the same', () => {
  for (const [given, others] of [
    ['twin', 'twin2 and twin3'],
    ['twin2', 'twin and twin3'],
    ['twin3', 'twin and twin2'],
  ] as const) {
    const own = twins.find(({ metadata }) => metadata.name === given) ?? assert.fail()
    const message = said(own, twins) ?? ''
    assert.ok(message.startsWith(`Policies ${others} match ${alike}`), message)
  }
})

test('a policy names every other that matches some of the same', () => {
  const wide = (name: string): ApprovalPolicy =>
    aPolicy({ name, match: { namespaceSelector: {}, actions: ['promote-*', name] } })
  assert.equal(
    said(policy, [wide('b'), policy, wide('a')]),
    'Policies a and b have the same priority, 0, and match some of the same requests: a, for example, action promote-rollout in namespace demo.',
  )
})

test('a policy names one that matches the same and one that matches some of it', () => {
  const wide = aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })
  const { message = '', reason } = rivalry(policy, [policy, rival, wide], [aNamespace()]) ?? {}
  assert.equal(reason, 'AmbiguousPolicy')
  assert.ok(
    message.startsWith(
      'Policy rival matches the same with the same priority, 0. Policy wide has the same priority, 0, and matches some',
    ),
    message,
  )
})

test('a policy among very many of its kind says how many there are, and what to do', () => {
  const crowd = Array.from({ length: 500 }, (_, n) =>
    aPolicy({ name: `crowd-${'x'.repeat(50)}-${1000 + n}` }),
  )
  const message = said(policy, [policy, ...crowd]) ?? ''
  assert.match(message, / and 492 more match the same/)
  assert.ok(message.length < 800, String(message.length))
})
