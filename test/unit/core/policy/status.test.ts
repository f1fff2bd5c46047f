import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicy, ApprovalPolicySpec, IdentityProvider } from '../../../../src/api/objects.ts'
import { isReady, readyOf } from '../../../../src/core/condition.ts'
import { areRivals } from '../../../../src/core/policy/rivalry.ts'
import { statusOf } from '../../../../src/core/policy/status.ts'
import type { PolicySurroundings } from '../../../../src/core/policy/status.ts'
import type { Subject } from '../../../../src/core/policy/subject.ts'
import { aClient, aNamespace, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const bot: Subject = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' }
const carol: Subject = { kind: 'User', name: 'carol' }
const alice: Subject = { kind: 'User', name: 'alice' }
const policy = aPolicy()

function askedBy(...requesters: readonly Subject[]): ApprovalPolicy {
  return aPolicy({ match: { ...policy.spec.match, requesters } })
}

function provider(status: 'True' | 'False' | undefined, ...clients: Clients): IdentityProvider {
  const condition = { type: 'Ready', reason: 'DiscoveryFailed', message: '', lastTransitionTime: at(0) }
  return {
    ...aProvider(clients.length > 0 ? { clients } : {}),
    ...(status !== undefined && { status: { conditions: [{ ...condition, status }] } }),
  }
}
type Clients = readonly ReturnType<typeof aClient>[]

/** As its status says of clients of which nobody can tell which one asks. */
function ambiguous(...clients: Clients): IdentityProvider {
  const unready = provider('False', ...clients)
  const conditions = unready.status?.conditions?.map((each) => ({ ...each, reason: 'AmbiguousClient' }))
  return { ...unready, status: { ...unready.status, ...(conditions && { conditions }) } }
}

function said(given: ApprovalPolicy, around: Partial<PolicySurroundings> = {}): ApprovalPolicy {
  const status = statusOf(
    given,
    { provider: provider('True'), policies: [given], namespaces: [aNamespace()], ...around },
    t(5),
  )
  return { ...given, ...(status !== undefined && { status }) }
}

const rival = aPolicy({ name: 'rival' })
const bots = aClient('bots', [bot])

for (const [name, given, around, reason] of [
  ['all well', policy, {}, 'Accepted'],
  ['no provider of that name', policy, { provider: undefined }, 'IdentityProviderNotFound'],
  ['a provider that is not ready', policy, { provider: provider('False') }, 'IdentityProviderNotReady'],
  ['a client for each requester', askedBy(bot, carol), {}, 'Accepted'],
  ['a client for one of two', askedBy(bot, carol), { provider: provider('True', bots) }, 'ClientNotFound'],
  ['clients for some, and no requester named', policy, { provider: provider('True', bots) }, 'Accepted'],
  [
    'two clients for one requester',
    askedBy(bot),
    { provider: provider('True', bots, aClient('other', [bot])) },
    'AmbiguousClient',
  ],
  [
    'two clients for one requester of any',
    policy,
    { provider: provider('True', bots, aClient('other', [bot])) },
    'AmbiguousClient',
  ],
  [
    'two clients for all requesters',
    policy,
    { provider: provider('True', bots, aClient('one'), aClient('other')) },
    'AmbiguousClient',
  ],
  [
    'two clients for all others, and a client of its own for the one requester',
    askedBy(bot),
    { provider: ambiguous(bots, aClient('one'), aClient('other')) },
    'Accepted',
  ],
  [
    'two clients for all others, and no client of its own for one requester',
    askedBy(bot, carol),
    { provider: ambiguous(bots, aClient('one'), aClient('other')) },
    'AmbiguousClient',
  ],
  [
    'two clients for another requester',
    askedBy(carol),
    { provider: provider('True', bots, aClient('other', [bot]), aClient('rest')) },
    'Accepted',
  ],
  ['a requester that approves', askedBy(carol, alice), {}, 'NotEnoughApprovers'],
  [
    'a requester that approves, behind a prefix and in other letters',
    askedBy({ kind: 'User', name: 'oidc:Alice@Company.com' }),
    {},
    'NotEnoughApprovers',
  ],
  ['a policy that matches the same', policy, { policies: [policy, rival] }, 'AmbiguousPolicy'],
  [
    'a policy that matches some of the same',
    policy,
    { policies: [policy, aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })] },
    'OverlappingPolicy',
  ],
  [
    'a policy that matches some of the same, in no Namespace that there is',
    policy,
    {
      policies: [policy, aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })],
      namespaces: [],
    },
    'Accepted',
  ],
  [
    'a policy that matches the same with another priority',
    policy,
    { policies: [policy, aPolicy({ name: 'rival', priority: 1 })] },
    'Accepted',
  ],
  [
    'what is wrong with the text comes first',
    askedBy(alice),
    { provider: provider('False') },
    'NotEnoughApprovers',
  ],
] as const satisfies readonly (readonly [string, ApprovalPolicy, Partial<PolicySurroundings>, string])[])
  test(`${name}: ${reason}`, () => {
    const { reason: found, status, observedGeneration } = readyOf(said(given, around)) ?? assert.fail()
    assert.deepEqual([found, observedGeneration], [reason, 1])
    assert.equal(status, reason === 'Accepted' ? 'True' : 'False')
    assert.equal(isReady(said(given, around)), reason === 'Accepted')
  })

test('nothing is said while nobody has looked at the provider', () => {
  assert.deepEqual(said(policy, { provider: provider(undefined) }), policy)
})

test('a message says what is wrong and what to do', () => {
  const { message } = readyOf(said(policy, { provider: undefined })) ?? assert.fail()
  assert.equal(
    message,
    'IdentityProvider company does not exist. Create it, or correct spec.identityProvider.',
  )
})

test('who is Ready has been so since then', () => {
  const first = said(policy)
  const again = statusOf(first, { provider: provider('True'), policies: [first], namespaces: [] }, t(60))
  assert.deepEqual(again, first.status)
})

test('no policy is its own rival', () => {
  assert.ok(!areRivals(policy, policy) && areRivals(policy, rival))
  const spec: Partial<ApprovalPolicySpec> = { match: { namespaceSelector: {}, actions: ['drain-node'] } }
  assert.ok(!areRivals(policy, aPolicy({ name: 'rival', ...spec })))
})

test('an overlap is said with an example and the fix', () => {
  const wide = aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })
  assert.equal(
    readyOf(said(policy, { policies: [policy, wide] }))?.message,
    'Policy wide has the same priority, 0, and matches some of the same requests: action promote-rollout in namespace demo, for example. Give one of them a higher priority, or let them match different requests.',
  )
})

for (const [given, clients, want] of [
  [policy, [aClient('one'), aClient('other')], 'clients one and other both have no requesters'],
  [askedBy(carol), [aClient('one'), aClient('other')], 'clients one and other both have no requesters'],
  [
    askedBy(bot),
    [bots, aClient('other', [bot])],
    'clients bots and other both name requester system:serviceaccount:demo:release-bot',
  ],
] as const)
  test(`a policy says that ${want}`, () => {
    assert.equal(
      readyOf(said(given, { provider: ambiguous(...clients) }))?.message,
      `In IdentityProvider company, ${want}. Let exactly one client of the IdentityProvider name each requester, and at most one have no requesters.`,
    )
  })

const twins = ['twin', 'twin2', 'twin3'].map((name) => aPolicy({ name }))
const alike = 'the same with the same priority, 0. Give one of them'

test('a policy names every other that matches the same', () => {
  for (const [given, others] of [
    ['twin', 'twin2 and twin3'],
    ['twin2', 'twin and twin3'],
    ['twin3', 'twin and twin2'],
  ] as const) {
    const own = twins.find(({ metadata }) => metadata.name === given) ?? assert.fail()
    const message = readyOf(said(own, { policies: twins }))?.message ?? ''
    assert.ok(message.startsWith(`Policies ${others} match ${alike}`), message)
  }
})

test('a policy names every other that matches some of the same', () => {
  const wide = (name: string): ApprovalPolicy =>
    aPolicy({ name, match: { namespaceSelector: {}, actions: ['promote-*', name] } })
  assert.equal(
    readyOf(said(policy, { policies: [wide('b'), policy, wide('a')] }))?.message,
    'Policies a and b have the same priority, 0, and match some of the same requests: a, for example, action promote-rollout in namespace demo. Give one of them a higher priority, or let them match different requests.',
  )
})

test('a policy names one that matches the same and one that matches some of it', () => {
  const wide = aPolicy({ name: 'wide', match: { namespaceSelector: {}, actions: ['*'] } })
  const { message = '', reason } = readyOf(said(policy, { policies: [policy, rival, wide] })) ?? {}
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
  const message = readyOf(said(policy, { policies: [policy, ...crowd] }))?.message ?? ''
  assert.match(message, / and 492 more match the same/)
  assert.match(message, /Give one of them a higher priority, or let them match different requests\.$/)
})
