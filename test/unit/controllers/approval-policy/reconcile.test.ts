import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  ApprovalPolicy,
  ApproverGroup,
  IdentityProvider,
  Namespace,
} from '../../../../src/api/objects.ts'
import { reconcile } from '../../../../src/controllers/approval-policy/reconcile.ts'
import type { Dependencies } from '../../../../src/controllers/approval-policy/reconcile.ts'
import { createPolicyWaker } from '../../../../src/controllers/approval-policy/wake.ts'
import type { PolicyWaker } from '../../../../src/controllers/approval-policy/wake.ts'
import { readyOf } from '../../../../src/core/condition.ts'
import { aNamespace, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { aGroup, alice, fromCalendar, knownGroup } from '../../../support/builders/groups.ts'
import { at, manualClock, t } from '../../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

const policy = aPolicy()

function told(status: 'True' | 'False', reason = 'Any'): IdentityProvider {
  return {
    ...aProvider(),
    status: { conditions: [{ type: 'Ready', status, reason, message: '', lastTransitionTime: at(0) }] },
  }
}

test('a policy is said to be ready, then left alone', async () => {
  const world = aWorld()
  assert.deepEqual(await world.pass(), { kind: 'Done' })
  assert.equal(world.reason(), 'Accepted')
  const version = world.policies.held(policy.metadata.name)?.metadata.resourceVersion
  await world.pass()
  assert.equal(world.policies.held(policy.metadata.name)?.metadata.resourceVersion, version)
  assert.deepEqual(world.reported, ['Accepted'])
})

test('a provider that goes and comes back', async () => {
  const world = aWorld()
  for (const provider of [undefined, told('False'), told('True')]) {
    if (provider === undefined) world.providers.remove('company')
    else world.providers.put(provider)
    await world.pass()
  }
  assert.deepEqual(world.reported, ['IdentityProviderNotFound', 'IdentityProviderNotReady', 'Accepted'])
})

test('a policy that someone else has written is looked at again', async () => {
  const world = aWorld()
  world.policies.cache.freeze()
  world.policies.put({ ...policy, metadata: { ...policy.metadata, labels: { a: 'b' } } })
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  world.policies.cache.catchUp()
  assert.deepEqual(await world.pass(), { kind: 'Done' })
  assert.equal(world.reason(), 'Accepted')
})

test('a policy that is gone needs nothing', async () => {
  const world = aWorld()
  world.policies.remove(policy.metadata.name)
  assert.deepEqual(await world.pass(), { kind: 'Done' })
})

test('a group that comes, fails, is too old, and comes back', async () => {
  const world = aWorld()
  const sre = aGroup('sre', { calendar: fromCalendar })
  world.policies.put({ ...policy, spec: { ...policy.spec, stages: [groupStage] } })
  await world.pass()
  world.groups.put(knownGroup(sre, [alice]))
  assert.deepEqual(await world.pass(), { kind: 'RequeueAt', at: t(3600) })
  world.groups.put(knownGroup(sre, [alice], { reason: 'SourceUnreachable' }))
  assert.deepEqual(await world.pass(), { kind: 'RequeueAt', at: t(3600) })
  world.clock.advance(3600)
  assert.deepEqual(await world.pass(), { kind: 'Done' })
  world.groups.put(knownGroup(sre, [alice], { asOfSeconds: 3600 }))
  await world.pass()
  assert.deepEqual(world.reported, ['GroupNotReady', 'Accepted', 'GroupStale', 'Accepted'])
})

test('a group wakes the policies that may ask it', () => {
  const named = { ...policy, spec: { ...policy.spec, stages: [groupStage] } }
  const byLabel = aPolicy({ name: 'by-label', stages: [labelStage] })
  const woken: string[] = []
  const cache = { get: () => undefined, list: () => [named, byLabel, rival] }
  const waker = createPolicyWaker(cache, (each) => woken.push(each))
  waker.groupChanged(undefined, aGroup('sre'))
  assert.deepEqual(woken.splice(0), ['prod-promotions'])
  waker.groupChanged(aGroup('team-b'), undefined)
  assert.deepEqual(woken, ['by-label'])
})

const groupStage = { name: 'sre', required: 1, approvers: [{ group: 'sre' }] }
const labelStage = {
  ...{ name: 'sre', required: 1 },
  groupFrom: { namespaceLabel: 'company.com/team', allowed: ['team-a', 'team-b'] },
}
const rival = aPolicy({ name: 'rival' })
const other = aPolicy({ name: 'other', priority: 7, identityProvider: 'another' })
const edited = { ...policy, metadata: { ...policy.metadata, generation: 2 } }

for (const [name, change, want] of [
  [
    'a policy that is new wakes its rivals',
    (waker) => {
      waker.policyChanged(undefined, policy)
    },
    ['prod-promotions', 'rival'],
  ],
  [
    'a policy that is deleted wakes its rivals',
    (waker) => {
      waker.policyChanged(policy, undefined)
    },
    ['prod-promotions', 'rival'],
  ],
  [
    'a policy that was edited wakes those that were its rivals, and those that are',
    (waker) => {
      waker.policyChanged(policy, { ...edited, spec: other.spec })
    },
    ['other', 'prod-promotions', 'rival'],
  ],
  [
    'a status wakes nobody',
    (waker) => {
      waker.policyChanged(policy, { ...policy, status: { conditions: [] } })
    },
    [],
  ],
  [
    'a provider that is new wakes its policies',
    (waker) => {
      waker.providerChanged(undefined, aProvider())
    },
    ['prod-promotions', 'rival'],
  ],
  [
    'a provider that has become ready does',
    (waker) => {
      waker.providerChanged(told('False'), told('True'))
    },
    ['prod-promotions', 'rival'],
  ],
  [
    'a provider with another reason does',
    (waker) => {
      waker.providerChanged(told('False', 'One'), told('False', 'Two'))
    },
    ['prod-promotions', 'rival'],
  ],
  [
    'a provider that stays as it is does not',
    (waker) => {
      waker.providerChanged(told('True'), told('True'))
    },
    [],
  ],
  [
    'another provider wakes its own',
    (waker) => {
      waker.providerChanged(undefined, aProvider({ name: 'another' }))
    },
    ['other'],
  ],
  [
    'a Namespace that comes wakes the policies that match it',
    (waker) => {
      waker.namespaceChanged(undefined, aNamespace())
    },
    ['other', 'prod-promotions', 'rival'],
  ],
  [
    'a Namespace whose labels change for no policy wakes nobody',
    (waker) => {
      waker.namespaceChanged(aNamespace({ env: 'prod' }), aNamespace({ env: 'prod', team: 'a' }))
    },
    [],
  ],
  [
    'a Namespace that no policy matches wakes nobody',
    (waker) => {
      waker.namespaceChanged(undefined, aNamespace({}))
    },
    [],
  ],
] as const satisfies readonly (readonly [string, (waker: PolicyWaker) => void, readonly string[]])[])
  test(name, () => {
    const woken = new Set<string>()
    const cache = { get: () => undefined, list: () => [policy, rival, other] }
    change(createPolicyWaker(cache, (each) => woken.add(each)))
    assert.deepEqual([...woken].toSorted(), want)
  })

type World = {
  readonly policies: InMemoryResource<ApprovalPolicy>
  readonly providers: InMemoryResource<IdentityProvider>
  readonly groups: InMemoryResource<ApproverGroup>
  readonly clock: ManualClock
  readonly reported: readonly string[]
  pass(): ReturnType<typeof reconcile>
  reason(): string | undefined
}

function aWorld(): World {
  const policies = inMemoryResource<ApprovalPolicy>()
  const providers = inMemoryResource<IdentityProvider>()
  const groups = inMemoryResource<ApproverGroup>()
  policies.put(policy)
  providers.put(told('True'))
  const reported: string[] = []
  const clock = manualClock()
  const dependencies: Dependencies = {
    policies,
    caches: {
      policies: policies.cache,
      providers: providers.cache,
      groups: groups.cache,
      namespaces: inMemoryResource<Namespace>().cache,
    },
    clock,
    report: (each) => reported.push(readyOf(each)?.reason ?? ''),
  }
  return {
    ...{ policies, providers, groups, clock, reported },
    pass: () => reconcile(dependencies, policy.metadata.name),
    reason: () => readyOf(policies.held(policy.metadata.name) ?? policy)?.reason,
  }
}
