import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { environmentLabel } from '../../../../src/api/names.ts'
import { matchesGlob, matchOf, wantsOf } from '../../../../src/core/policy/match.ts'
import { anApprovalRequest, aNamespace, aPolicy } from '../../../support/builders/builders.ts'

type Clauses = Partial<ApprovalPolicySpec['match']>

const request = anApprovalRequest()
const anywhere: ApprovalPolicySpec['match'] = { namespaceSelector: {}, actions: ['*'] }
const bot = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' } as const
const met: readonly string[] = []

function unmet(clauses: Clauses, labels?: Readonly<Record<string, string>>): readonly string[] {
  const policy = aPolicy({ match: { ...anywhere, ...clauses } })
  const question = { request, namespace: aNamespace(labels) }
  return wantsOf(matchOf(policy, question), question)
}

for (const [name, clauses, want] of [
  ['anything, by the least that can be said', {}, met],
  ['the action', { actions: ['promote-rollout'] }, met],
  ['one of several actions', { actions: ['drain-node', 'promote-*'] }, met],
  [
    'another action',
    { actions: ['drain-node', 'promote-rollout-*'] },
    ['an action like drain-node or promote-rollout-*'],
  ],
  ['the kind', { targetKinds: ['Node', 'Rollout'] }, met],
  ['another kind', { targetKinds: ['Node', 'rollout'] }, ['a target of kind Node or rollout']],
  ['the environment', { environments: ['staging', 'prod'] }, met],
  ['another environment', { environments: ['dev'] }, [`a namespace labelled ${environmentLabel}=dev`]],
  ['the requester', { requesters: [{ kind: 'User', name: 'alice' }, bot] }, met],
  ['another requester', { requesters: [{ ...bot, namespace: 'dev' }] }, ['another requester']],
  ['nobody', { requesters: [] }, ['another requester']],
  [
    'nothing at all',
    {
      actions: ['drain-node'],
      namespaceSelector: { matchLabels: { env: 'dev' } },
      targetKinds: ['Node'],
      environments: ['dev'],
      requesters: [{ kind: 'User', name: 'alice' }],
    },
    [
      'an action like drain-node',
      'a namespace labelled env=dev',
      'a target of kind Node',
      `a namespace labelled ${environmentLabel}=dev`,
      'another requester',
    ],
  ],
] as const)
  test(`a policy for ${name} wants ${want.join(', ') || 'no more'}`, () => {
    assert.deepEqual(unmet(clauses), want)
  })

for (const [name, labels, environments, isMet] of [
  ['a labelled namespace', { [environmentLabel]: 'prod' }, ['prod'], true],
  ['a namespace of another environment', { [environmentLabel]: 'dev' }, ['prod'], false],
  ['an unlabelled namespace, whatever the request claims', {}, ['prod'], false],
  ['an unlabelled namespace, not even for the empty environment', {}, [''], false],
] as const)
  test(`environments against ${name}`, () => {
    assert.equal(unmet({ environments }, labels).length === 0, isMet)
  })

const requirement = { key: 'tier', values: ['gold', 'silver'] } as const

for (const [operator, labels, isMet] of [
  ['In', { tier: 'gold' }, true],
  ['In', { tier: 'lead' }, false],
  ['In', {}, false],
  ['NotIn', { tier: 'gold' }, false],
  ['NotIn', { tier: 'lead' }, true],
  ['NotIn', {}, true],
  ['Exists', { tier: '' }, true],
  ['Exists', {}, false],
  ['DoesNotExist', { tier: '' }, false],
  ['DoesNotExist', {}, true],
] as const)
  test(`${operator} with ${JSON.stringify(labels)} is ${isMet ? 'met' : 'unmet'}`, () => {
    const matchExpressions = [{ ...requirement, operator }]
    assert.equal(unmet({ namespaceSelector: { matchExpressions } }, labels).length === 0, isMet)
  })

for (const [operator, labels, want] of [
  ['NotIn', { tier: 'gold' }, 'a namespace that is not labelled tier=gold or silver'],
  ['DoesNotExist', { tier: 'gold' }, 'a namespace without the label tier'],
] as const)
  test(`a selector that keeps a label out with ${operator} says so`, () => {
    const matchExpressions = [{ ...requirement, operator }]
    assert.deepEqual(unmet({ namespaceSelector: { matchExpressions } }, labels), [want])
  })

test('a selector names each label that the Namespace lacks', () => {
  const namespaceSelector = { matchLabels: { env: 'dev', zone: 'a' } }
  assert.deepEqual(unmet({ namespaceSelector }), [
    'a namespace labelled env=dev',
    'a namespace labelled zone=a',
  ])
})

test('a label that selector and environments want is named once', () => {
  const namespaceSelector = { matchLabels: { [environmentLabel]: 'prod' } }
  assert.deepEqual(unmet({ namespaceSelector, environments: ['prod'] }, {}), [
    `a namespace labelled ${environmentLabel}=prod`,
  ])
})

for (const [name, selector, want] of [
  ['a label', { matchLabels: { env: 'prod', zone: 'a' } }, 'a namespace labelled zone=a'],
  [
    'one of several values',
    { matchExpressions: [{ ...requirement, operator: 'In' }] },
    'a namespace labelled tier=gold or silver',
  ],
  [
    'that a label exists',
    { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
    'a namespace with the label tier',
  ],
  [
    'that a label is there whose name every object inherits',
    { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
    'a namespace with the label constructor',
  ],
] as const)
  test(`a selector that wants ${name} says so`, () => {
    assert.deepEqual(unmet({ namespaceSelector: selector }), [want])
  })

test('every label and every expression must hold', () => {
  const namespaceSelector = {
    matchLabels: { env: 'prod' },
    matchExpressions: [{ ...requirement, operator: 'In' }],
  } as const
  assert.equal(unmet({ namespaceSelector }, { env: 'prod', tier: 'gold' }).length, 0)
  assert.equal(unmet({ namespaceSelector }, { env: 'prod' }).length, 1)
  assert.equal(unmet({ namespaceSelector }, { tier: 'gold' }).length, 1)
})

test('a namespace without labels matches an empty selector only', () => {
  const namespace = { ...aNamespace(), metadata: { name: 'demo' } }
  assert.deepEqual(matchOf(aPolicy({ match: anywhere }), { request, namespace }).unmet, [])
  assert.equal(matchOf(aPolicy(), { request, namespace }).unmet.length, 1)
})

for (const [text, glob, want] of [
  ['promote', 'promote', true],
  ['promote', 'promot', false],
  ['promote', '*', true],
  ['', '*', true],
  ['', '', true],
  ['a', '', false],
  ['promote-rollout', 'promote-*', true],
  ['promote-', 'promote-*', true],
  ['promote', 'promote-*', false],
  ['rollout', '*out', true],
  ['abc', 'a*b*c', true],
  ['acb', 'a*b*c', false],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  ['ab', '**', true],
] as const)
  test(`"${text}" ${want ? 'matches' : 'does not match'} the glob "${glob}"`, () => {
    assert.equal(matchesGlob(text, glob), want)
  })

test('globs mean the same as the regular expression they stand for', () => {
  const from = (letters: readonly string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...letters), { maxLength: 12 }).map((chosen) => chosen.join(''))
  fc.assert(
    fc.property(from(['a', 'b', '.']), from(['a', 'b', '.', '*', '*']), (text, glob) => {
      const pattern = glob.replaceAll('.', '\\.').replaceAll('*', '.*')
      assert.equal(matchesGlob(text, glob), new RegExp(`^${pattern}$`).test(text))
    }),
    { numRuns: 2000 },
  )
})

test('a pattern of many stars costs no more than its length', () => {
  const began = performance.now()
  assert.equal(matchesGlob('a'.repeat(20_000), `${'*a'.repeat(5000)}*b`), false)
  assert.equal(matchesGlob(`${'a'.repeat(20_000)}b`, `${'*a'.repeat(5000)}*b`), true)
  assert.ok(performance.now() - began < 1000)
})
