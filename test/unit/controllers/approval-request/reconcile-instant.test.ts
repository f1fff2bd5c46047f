/** What changes in the instant before the prompt, where no watch has shown it yet, still counts; however few reads there are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Places } from '../../../../src/runtime/places.ts'
import { anApprovalRequest, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { wideLimits } from '../../../support/builders/limits.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const request = anApprovalRequest().wantingToken()
const second = anApprovalRequest()
  .named('bar-v1', '80000000-0000-4000-8000-000000000002')
  .by('carol')
  .wantingToken()

/** The watches show nothing of what comes from here on. */
function stillWatches({ requests, policies, providers, groups }: World): void {
  for (const { cache } of [requests, policies, providers, groups]) cache.freeze()
}

function editPolicy({ policies }: World): void {
  const policy = aPolicy({ priority: 7 })
  policies.put({ ...policy, metadata: { ...policy.metadata, generation: 2 } })
}

function replaceProvider({ providers }: World): void {
  const provider = aProvider()
  providers.put({ ...provider, metadata: { ...provider.metadata, uid: 'another' } })
}

function replaceRequest(world: World, metadata: { readonly uid?: string }): void {
  const current = world.request()
  world.requests.put({
    ...current,
    metadata: { ...current.metadata, ...metadata, resourceVersion: 'newer' },
  })
}

const changes: Readonly<Record<string, (world: World) => void>> = {
  'the policy is edited': editPolicy,
  'the policy is deleted': ({ policies }) => {
    policies.remove('prod-promotions')
  },
  'the provider is replaced by another of its name': replaceProvider,
  'the provider is deleted': ({ providers }) => {
    providers.remove('company')
  },
  'the request is written by another process': (world) => {
    replaceRequest(world, {})
  },
  'the request is deleted': ({ requests }) => {
    requests.remove('foo-v2')
  },
  'the request is replaced by another of its name': (world) => {
    replaceRequest(world, { uid: 'another' })
  },
}

for (const [what, change] of Object.entries(changes))
  test(`nobody is prompted when ${what}`, async () => {
    const world = aWorld(request)
    stillWatches(world)
    change(world)
    assert.deepEqual(await world.pass(), { kind: 'Retry' })
    assert.equal(world.openid.prompts.length, 0)
  })

test('nobody is prompted when the request is changed after everything was checked', async () => {
  const world = aWorld(request)
  stillWatches(world)
  world.failpoints.hit = (name) => {
    if (name === 'before:W1') changes['the request is written by another process']?.(world)
    return Promise.resolve()
  }
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  assert.equal(world.openid.prompts.length, 0)
})

for (const [what, kind, change] of [
  ['policy', 'policies', editPolicy],
  ['provider', 'providers', replaceProvider],
] as const)
  test(`a ${what} that changes while another request reads it is not taken from that read`, async () => {
    const world = aWorld(request, second)
    stillWatches(world)
    let reads = 0
    world[kind].interpose({
      after: async ({ verb }) => {
        if (verb !== 'get' || ++reads > 1) return
        // The other request asks for it meanwhile.
        await turn()
        change(world)
      },
    })
    const results = await Promise.all([world.pass('foo-v2'), world.pass('bar-v1')])
    assert.deepEqual(results[1], { kind: 'Retry' })
    assert.deepEqual([world.said('foo-v2'), world.said('bar-v1')], ['AuthorizationPending', undefined])
    assert.equal(world.openid.prompts.length, 1)
  })

test('twenty requests that are asked at once read their policy and provider twice', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `bar-v${index}`)
  const requests = names.map((name, index) =>
    anApprovalRequest()
      .named(name, `80000000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`)
      .by(name),
  )
  const world = aWorld(...requests)
  world.policies.put(aPolicy({ limits: wideLimits }))
  // What is held open until all have asked, as a network would.
  for (const kind of ['policies', 'providers'] as const) world[kind].interpose({ after: () => turn() })
  const { clock } = world
  const places = new Places({ workers: 100, newPerNamespace: 100, clock, call: () => undefined })
  const process = { ...world.dependencies, places }
  await Promise.all(names.map((name) => world.pass(name, process)))
  assert.equal(world.openid.prompts.length, names.length)
  for (const { calls } of [world.policies, world.providers])
    assert.deepEqual(
      calls.map(({ verb }) => verb),
      ['get', 'get'],
    )
})

for (const message of ['secrets is forbidden', 'exceeded quota', 'denied by a policy of the cluster'])
  test(`nobody is prompted when the next Secret would be refused: ${message}`, async () => {
    const world = aWorld(request, second)
    await world.settle('foo-v2')
    const { secrets } = world.dependencies
    const refused = { kind: 'Refused', message } as const
    const poor = { ...world.dependencies, secrets: { ...secrets, create: () => Promise.resolve(refused) } }
    await world.pass('bar-v1', poor)
    assert.equal(world.said('bar-v1'), 'SecretConflict')
    assert.equal(world.openid.prompts.length, 1)
  })

test('nobody is prompted when the name of the next Secret was taken', async () => {
  const world = aWorld(request, second)
  await world.settle('foo-v2')
  world.secrets.put({
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
    metadata: { namespace: 'demo', name: 'bar-v1.countersign' },
  })
  await world.settle('bar-v1')
  assert.equal(world.said('bar-v1'), 'SecretConflict')
  assert.equal(world.openid.prompts.length, 1)
})

test('the token of a request is no leftover to an older one of its name', async () => {
  const world = aWorld(request)
  stillWatches(world)
  replaceRequest(world, { uid: 'another' })
  const { apiVersion, kind } = request
  world.secrets.put({
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'countersign.dev/token' },
    metadata: {
      ...{ namespace: 'demo', name: 'foo-v2.countersign' },
      ownerReferences: [{ apiVersion, kind, name: 'foo-v2', uid: 'another' }],
    },
  })
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  assert.notEqual(world.token(), undefined)
})
