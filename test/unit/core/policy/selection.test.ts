import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicy, ApprovalRequest, Namespace } from '../../../../src/api/objects.ts'
import { environmentLabel } from '../../../../src/api/names.ts'
import { selectClient, selectPolicy } from '../../../../src/core/policy/selection.ts'
import {
  aClient,
  anApprovalRequest,
  aNamespace,
  aPolicy,
  aProvider,
} from '../../../support/builders/builders.ts'

const request = anApprovalRequest()
const namespace = aNamespace()
const elsewhere = { namespaceSelector: { matchLabels: { env: 'dev' } }, actions: ['promote-rollout'] }

/** The name of the policy, or the reason for having none. */
function chosen(policies: readonly ApprovalPolicy[], question: Partial<Asked> = {}): string {
  const selected = selectPolicy(policies, { request, namespace, ...question })
  return selected.kind === 'Selected' ? selected.value.metadata.name : selected.reason
}

type Asked = { readonly request: ApprovalRequest; readonly namespace: Namespace }

for (const [name, policies, want] of [
  ['none at all', [], 'NoMatchingPolicy'],
  ['none that matches', [aPolicy({ match: elsewhere })], 'NoMatchingPolicy'],
  ['the only one', [aPolicy({ name: 'a' })], 'a'],
  ['the one that matches', [aPolicy({ name: 'a', match: elsewhere }), aPolicy({ name: 'b' })], 'b'],
  ['two alike', [aPolicy({ name: 'a' }), aPolicy({ name: 'b' })], 'AmbiguousPolicy'],
  ['the higher priority', [aPolicy({ name: 'a' }), aPolicy({ name: 'b', priority: 1 })], 'b'],
  [
    'the higher priority in another order',
    [aPolicy({ name: 'b', priority: 1 }), aPolicy({ name: 'a', priority: 0 })],
    'b',
  ],
  [
    'the higher of two below zero',
    [aPolicy({ name: 'a', priority: -1 }), aPolicy({ name: 'b', priority: -2 })],
    'a',
  ],
  [
    'two alike above a third',
    [aPolicy({ name: 'a' }), aPolicy({ name: 'b', priority: 1 }), aPolicy({ name: 'c', priority: 1 })],
    'AmbiguousPolicy',
  ],
  [
    'one above two alike',
    [aPolicy({ name: 'a', priority: 1 }), aPolicy({ name: 'b' }), aPolicy({ name: 'c' })],
    'a',
  ],
  [
    'no matter how high one that does not match is',
    [aPolicy({ name: 'a' }), aPolicy({ name: 'b', priority: 9, match: elsewhere })],
    'a',
  ],
] as const)
  test(`of the policies, ${name}: ${want}`, () => {
    assert.equal(chosen(policies), want)
  })

const forProd = aPolicy({
  name: 'prod',
  match: { namespaceSelector: {}, actions: ['*'], environments: ['prod'] },
})
const forAll = aPolicy({ name: 'all', match: { namespaceSelector: {}, actions: ['*'] } })
const prod = aNamespace({ [environmentLabel]: 'prod' })
const dev = aNamespace({ [environmentLabel]: 'dev' })
const unlabelled = aNamespace({})

for (const [name, policies, environment, where, want] of [
  ['the label and the claim agree', [forProd], 'prod', prod, 'prod'],
  ['the claim contradicts the label', [forAll], 'prod', dev, 'EnvironmentMismatch'],
  ['the claim contradicts the label and there is no policy', [], 'prod', dev, 'EnvironmentMismatch'],
  ['there is only a claim, and the policy names no environment', [forAll], 'prod', unlabelled, 'all'],
  ['there is only a claim, and the policy names it', [forProd], 'prod', unlabelled, 'NoMatchingPolicy'],
] as const)
  test(`if ${name}: ${want}`, () => {
    assert.equal(chosen(policies, { request: request.saying({ environment }), namespace: where }), want)
  })

const gate = { gate: 'prod', analysisRunUID: 'run-1' }

for (const [name, label, parameters, want] of [
  ['a person', 'dev', {}, 'Ask with environment: dev, or ask a platform engineer to correct the label.'],
  ['a Rollout’s owner', 'dev', gate, 'Retry the Rollout, or ask a platform engineer to correct the label.'],
  ['anyone where the label is empty', '', {}, 'Ask a platform engineer to give it a value, such as prod'],
] as const)
  test(`a mismatch of environments tells ${name} what to do`, () => {
    const asked = request.saying({ environment: 'prod', parameters })
    const selected = selectPolicy([], {
      request: asked,
      namespace: aNamespace({ [environmentLabel]: label }),
    })
    assert.ok(selected.kind === 'Blocked' && selected.message.includes(want), JSON.stringify(selected))
  })

for (const [name, count, want] of [
  ['two', 2, 'the policies p10 and p11 both match with priority 0.'],
  ['three', 3, 'the policies p10, p11 and p12 all match with priority 0.'],
  ['very many', 40, 'p16, p17 and 32 more all match with priority 0.'],
] as const)
  test(`all that match are named: ${name}`, () => {
    const policies = Array.from({ length: count }, (_, n) => aPolicy({ name: `p${10 + n}` })).toReversed()
    const selected = selectPolicy(policies, { request, namespace })
    assert.ok(selected.kind === 'Blocked' && selected.message.includes(want), JSON.stringify(selected))
  })

const bot = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' } as const
const alice = { kind: 'User', name: 'alice' } as const

for (const [name, clients, want] of [
  ['its own client', [aClient('rest'), aClient('own', [bot])], 'own'],
  ['its own client among several names', [aClient('own', [alice, bot]), aClient('rest')], 'own'],
  ['the client for the rest', [aClient('hers', [alice]), aClient('rest')], 'rest'],
  ['two clients of its own', [aClient('a', [bot]), aClient('b', [bot])], 'AmbiguousClient'],
  ['two clients for the rest', [aClient('a'), aClient('b')], 'AmbiguousClient'],
  ['its own client beside two for the rest', [aClient('a'), aClient('own', [bot]), aClient('b')], 'own'],
  ['no client', [aClient('hers', [alice])], 'NoClientForRequester'],
  ['a client for nobody', [aClient('nobodys', [])], 'NoClientForRequester'],
] as const)
  test(`a requester has ${name}: ${want}`, () => {
    const selected = selectClient(aProvider({ clients }), { request, namespace })
    assert.equal(selected.kind === 'Selected' ? selected.value.clientID : selected.reason, want)
  })
