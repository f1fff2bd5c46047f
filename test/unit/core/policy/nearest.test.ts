import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicy, ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { selectPolicy } from '../../../../src/core/policy/selection.ts'
import { anApprovalRequest, aNamespace, aPolicy } from '../../../support/builders/builders.ts'

type Terms = ApprovalPolicySpec['match']

const request = anApprovalRequest()
const namespace = aNamespace({})
const label = 'a namespace labelled env=prod'
const labelled = { namespaceSelector: { matchLabels: { env: 'prod' } } }
const anywhere: Terms = { namespaceSelector: {}, actions: ['*'] }
const carol = { kind: 'User', name: 'carol' } as const
const differently = 'Ask for what a policy matches, or ask a platform engineer for a policy.'
const label1 = 'Ask a platform engineer to label the namespace, or for a policy.'

function policy(name: string, terms: Partial<Terms>): ApprovalPolicy {
  return aPolicy({ name, match: { ...anywhere, ...terms } })
}

/** Many policies for other actions, in every Namespace, and by name before all others. */
function crowd(count: number): readonly ApprovalPolicy[] {
  return Array.from({ length: count }, (_, n) => policy(`a${100 + n}`, { actions: [`act-${100 + n}`] }))
}

function said(policies: readonly ApprovalPolicy[]): string {
  const selected = selectPolicy(policies, { request, namespace })
  assert.ok(selected.kind === 'Blocked' && selected.reason === 'NoMatchingPolicy')
  const start = 'no ApprovalPolicy matches action "promote-rollout" in namespace "demo"; '
  assert.ok(selected.message.startsWith(start), selected.message)
  return selected.message.slice(start.length)
}

const promotions = policy('prod-promotions', { ...labelled, actions: ['promote-*'] })

for (const [name, policies, want] of [
  ['there is none', [], 'there is none at all. Ask a platform engineer for one.'],
  [
    'the Namespace lacks its label, among many for other actions',
    [...crowd(30), promotions],
    `the nearest, prod-promotions, wants ${label}. ${label1}`,
  ],
  [
    'the Namespace lacks several of its labels, beside one for another action',
    [
      policy('a', { actions: ['drain-node'] }),
      policy('b', {
        namespaceSelector: {
          matchLabels: { env: 'prod', team: 'a' },
          matchExpressions: [{ key: 'tier', operator: 'Exists' }],
        },
        environments: ['prod'],
      }),
    ],
    `the nearest, b, wants ${label}, a namespace labelled team=a, a namespace with the label tier and a namespace labelled countersign.dev/environment=prod. ${label1}`,
  ],
  [
    'it is for the action and another requester, beside one for another action',
    [policy('a', { actions: ['drain-node'] }), policy('b', { requesters: [carol] })],
    'the nearest, b, wants another requester. Ask a platform engineer to add the requester to a policy, or for a policy.',
  ],
  [
    'it is for another requester and another label',
    [policy('b', { ...labelled, requesters: [carol] })],
    `the nearest, b, wants ${label} and another requester. Ask a platform engineer to label the namespace and to add the requester to a policy, or for a policy.`,
  ],
  [
    'it lacks one clause less',
    [policy('a', { ...labelled, actions: ['drain-node'] }), policy('b', { actions: ['drain-node'] })],
    `the nearest, b, wants an action like drain-node. ${differently}`,
  ],
  [
    'it wants another kind of target',
    [policy('a', { targetKinds: ['Node', 'Pod'] })],
    `the nearest, a, wants a target of kind Node or Pod. ${differently}`,
  ],
  [
    'its list of actions is long',
    [policy('a', { actions: Array.from({ length: 32 }, (_, n) => `act-${10 + n}`) })],
    `the nearest, a, wants an action like act-10, act-11, act-12 or 29 more. ${differently}`,
  ],
  [
    'two come equally near',
    [policy('b', labelled), policy('a', { namespaceSelector: { matchLabels: { env: 'dev' } } })],
    `2 of 2 policies come equally near: a wants a namespace labelled env=dev; b wants ${label}. ${label1}`,
  ],
  [
    'very many come equally near',
    [...crowd(30), policy('zzz', { ...labelled, actions: ['drain-node'] })],
    `30 of 31 policies come equally near, for example: a100 wants an action like act-100; a101 wants an action like act-101; a102 wants an action like act-102. ${differently}`,
  ],
] as const)
  test(`the message names the nearest policy: ${name}`, () => {
    assert.equal(said(policies), want)
  })

test('the message stays one that an Event can carry, whatever the policies want', () => {
  const long = 'x'.repeat(63)
  const key = `${'d'.repeat(250)}/${'k'.repeat(63)}`
  const matchLabels = Object.fromEntries(
    Array.from({ length: 16 }, (_, n) => [`${key.slice(2)}${10 + n}`, long]),
  )
  const longest = Array.from({ length: 3 }, (_, n) =>
    policy(`p${n}`, { namespaceSelector: { matchLabels }, actions: ['*'], environments: [long] }),
  )
  const message = said(longest)
  assert.ok(message.length < 900, String(message.length))
  assert.ok(message.endsWith(label1), message)
})
