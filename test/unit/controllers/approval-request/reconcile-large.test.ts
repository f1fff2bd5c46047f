/** A request of which the watch keeps a part only: it is read before anything is done about it, and not before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dependencies } from '../../../../src/controllers/approval-request/dependencies.ts'
import { reconcile } from '../../../../src/controllers/approval-request/reconcile.ts'
import { abridged } from '../../../../src/core/request/abridged.ts'
import { digestOf } from '../../../../src/api/digest.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { accessToken, granted } from '../../../support/fakes/providers/port.ts'

const large = anApprovalRequest()
  .wantingToken()
  .saying({ reason: 'r'.repeat(2048), parameters: { strategy: 'canary', note: 'n'.repeat(200) } })

/** As in the shipped process, by whatever `world.pass` is called with. */
function abridging({ dependencies }: World): Dependencies {
  const { requests } = dependencies.caches
  return {
    ...dependencies,
    caches: {
      ...dependencies.caches,
      requests: {
        get: (key) => {
          const request = requests.get(key)
          return request && abridged(request)
        },
        indexed: requests.indexed,
      },
    },
  }
}

async function settle(world: World, process: Dependencies): Promise<void> {
  for (let passes = 0; passes < 20; passes += 1) {
    const result = await reconcile(process, { namespace: 'demo', name: 'foo-v2' })
    if (result.kind === 'RequeueAt' && result.at > world.clock.now()) return
  }
  throw new Error('it does not come to rest')
}

test('it is asked, answered and delivered as a whole', async () => {
  const world = aWorld(large)
  const process = abridging(world)
  await settle(world, process)
  assert.equal(world.said(), 'AuthorizationPending')
  world.openid.script.token = [granted]
  world.clock.advance(5)
  await settle(world, process)
  assert.equal(world.said(), 'Approved')
  const { status } = world.request()
  assert.deepEqual(status?.decision?.parameters, large.spec.parameters)
  assert.equal(status?.digest, digestOf(world.request()))
  assert.equal(Buffer.from(world.token()?.data?.access_token ?? '', 'base64').toString(), accessToken)
  assert.deepEqual(world.request().spec, large.spec)
})

test('while it waits for anything but its answer, nobody reads it', async () => {
  const world = aWorld(large)
  world.policies.remove('prod-promotions')
  const process = abridging(world)
  await settle(world, process)
  assert.equal(world.said(), 'NoMatchingPolicy')
  await settle(world, process)
  const reads = world.requests.calls.filter(({ verb }) => verb === 'get')
  assert.deepEqual(reads, [])
})

test('one that changes before it is read is left to the next pass', async () => {
  const world = aWorld(large)
  const process = abridging(world)
  world.requests.interpose({
    before: ({ verb, name }) => {
      const held = world.requests.held(name)
      if (verb === 'get' && held !== undefined)
        world.requests.put({ ...held, metadata: { ...held.metadata } })
      world.requests.interpose({})
    },
  })
  const result = await reconcile(process, { namespace: 'demo', name: 'foo-v2' })
  assert.deepEqual(result, { kind: 'Retry' })
  assert.equal(world.openid.prompts.length, 0)
  await settle(world, process)
  assert.equal(world.openid.prompts.length, 1)
})
