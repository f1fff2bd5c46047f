import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aStage } from '../../../support/worlds/several-world.ts'
import type { ApprovalPolicy, IdentityProvider } from '../../../../src/api/objects.ts'
import { isReady, readyOf } from '../../../../src/core/condition.ts'
import { statusOf } from '../../../../src/core/policy/status.ts'
import type { PolicySurroundings } from '../../../../src/core/policy/status.ts'
import type { Subject } from '../../../../src/core/policy/subject.ts'
import { aClient, aNamespace, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const bot: Subject = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' }
const carol: Subject = { kind: 'User', name: 'carol' }
const alice: Subject = { kind: 'User', name: 'alice' }
const policy = aPolicy()

/** Alice asks, and is an approver beside Bob. */
function among(required: number): ApprovalPolicy {
  const { match } = policy.spec
  return aPolicy({
    match: { ...match, requesters: [alice] },
    stages: [aStage('release', ['alice', 'bob'], { required })],
  })
}

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
    { provider: provider('True'), policies: [given], groups: [], namespaces: [aNamespace()], ...around },
    t(5),
  )
  return { ...given, ...(status !== undefined && { status }) }
}

const rival = aPolicy({ name: 'rival' })
const strong = aPolicy({ require: { acrValues: ['phr'] } })

function supporting(...acrValuesSupported: readonly string[]): IdentityProvider {
  const ready = provider('True')
  return { ...ready, status: { ...ready.status, acrValuesSupported } }
}
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
  ['a login that the provider supports', strong, { provider: supporting('1', 'phr') }, 'Accepted'],
  [
    'a login that the provider does not support',
    strong,
    { provider: supporting('1') },
    'AuthenticationNotSupported',
  ],
  ['a requester that approves', askedBy(carol, alice), {}, 'NotEnoughApprovers'],
  ['a requester that is one of two of whom one is enough', among(1), {}, 'Accepted'],
  ['a requester that is one of two who must both approve', among(2), {}, 'NotEnoughApprovers'],
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

test('a login that the provider does not support is named, and how to fix that', () => {
  const { message } = readyOf(said(strong, { provider: supporting('0', '1') })) ?? assert.fail()
  assert.equal(
    message,
    'Policy prod-promotions requires a login with the acr "phr", and IdentityProvider company supports "0" and "1" (acr_values_supported). Correct spec.require.acrValues, or let the provider support one of them. Requests wait, and resume automatically.',
  )
})

test('a login of which nobody knows whether the provider supports it is accepted, and that is said', () => {
  const { message, status } = readyOf(said(strong)) ?? assert.fail()
  assert.equal(status, 'True')
  assert.match(
    message,
    /does not say whether it supports spec\.require\.acrValues: an answer without one of them is refused\.$/,
  )
})

test('who is Ready has been so since then', () => {
  const first = said(policy)
  const again = statusOf(
    first,
    { provider: provider('True'), policies: [first], groups: [], namespaces: [aNamespace()] },
    t(60),
  )
  assert.deepEqual(again, first.status)
})

for (const [name, match, namespaces, want] of [
  [
    'one that is selected',
    policy.spec.match,
    [aNamespace()],
    /^Requests that match are asked through company\. Whether/,
  ],
  [
    'none with the label',
    policy.spec.match,
    [aNamespace({})],
    /^No Namespace that the operator watches has the labels that the policy selects now: it wants a namespace labelled env=prod\. Once one has them, requests that match are asked through company\. Whether/,
  ],
  [
    'none of the environment',
    { ...policy.spec.match, environments: ['test', 'dr'] },
    [aNamespace()],
    /it wants a namespace labelled env=prod and a namespace labelled countersign\.dev\/environment=test or dr\. Once/,
  ],
  [
    'none without a label',
    {
      ...policy.spec.match,
      namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] },
    },
    [aNamespace()],
    /that the policy selects now\. Once one has them/,
  ],
  ['none at all', { ...policy.spec.match, namespaceSelector: {} }, [], /selects now\. Once one has them/],
] as const)
  test(`a policy stays Ready and says whether there is a Namespace for it: ${name}`, () => {
    const ready = readyOf(said(aPolicy({ match }), { namespaces })) ?? assert.fail()
    assert.deepEqual([ready.status, ready.reason], ['True', 'Accepted'])
    assert.match(ready.message, want)
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
