/** Which outcomes of a call say that its provider answers: only what came from it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { holdingToken } from '../../../support/builders/unverified-token.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import type { Dependencies } from '../../../../src/controllers/approval-request/dependencies.ts'

const request = anApprovalRequest()
const keyed = aClient('agent-release-bot')
const signing = aProvider({
  assertionReplay: 'Refused',
  clients: [{ ...keyed, authentication: { ...keyed.authentication, method: 'private_key_jwt' } }],
})

/** Passes of the world's process, and how often they took an outcome for a provider's answer. */
function listening(world: World): { readonly go: () => Promise<unknown>; count: () => number } {
  const { dependencies } = world
  const { places } = dependencies
  let answers = 0
  const process: Dependencies = {
    ...dependencies,
    places: {
      take: (call, place) => places.take(call, place),
      waitedMs: (place) => places.waitedMs(place),
      answered: (place) => {
        answers += 1
        places.answered(place)
      },
      leave: (place) => {
        places.leave(place)
      },
      leaveAll: (key, kept) => {
        places.leaveAll(key, kept)
      },
    },
  }
  return { go: () => world.pass('foo-v2', process), count: () => answers }
}

/** Right before the prompt would be sent. */
function beforeSending(world: World, happens: () => void): void {
  world.failpoints.hit = (name) => {
    if (name === 'before:I1') happens()
    return Promise.resolve()
  }
}

const busy = { kind: 'NotPrompted', error: 'temporarily_unavailable' } as const

for (const [name, prepare, answers] of [
  ['an acknowledgement', () => undefined, 1],
  ['an error that the provider answered', (world) => (world.openid.script.prompt = [busy]), 1],
  [
    'a connection that never came about',
    (world) => (world.openid.script.prompt = [{ ...busy, isLocal: true }]),
    0,
  ],
  [
    'a prompt that was not sent since the lease was lost',
    (world) => {
      beforeSending(world, () => (world.lease.held = false))
    },
    0,
  ],
  [
    'a prompt that was not sent since its assertion expired',
    (world) => {
      world.providers.put(signing)
      beforeSending(world, () => {
        world.clock.advance(3600)
      })
    },
    0,
  ],
] as const satisfies readonly (readonly [string, (world: World) => unknown, number])[])
  test(`${name} counts ${answers === 0 ? 'for nothing' : 'as an answer of the provider'}`, async () => {
    const world = aWorld(request)
    const { go, count } = listening(world)
    prepare(world)
    await go()
    assert.equal(world.request().status?.prompts?.[0]?.attempt, 1)
    assert.equal(count(), answers)
  })

test('the last refusal that stands for a token request is no answer', async () => {
  const world = aWorld(request)
  const { go, count } = listening(world)
  await world.settle()
  world.openid.script.token = [{ kind: 'Error', error: 'invalid_client' }]
  world.clock.advance(5)
  await go()
  assert.deepEqual([world.openid.tokenRequests.length, count()], [1, 1])
  world.clock.advance(15)
  await go()
  assert.deepEqual([world.openid.tokenRequests.length, count()], [1, 1])
})

test('a token that expires while its provider is away is no answer', async () => {
  const world = await holdingToken()
  const { go, count } = listening(world)
  world.openid.script.connect = [{ kind: 'NotReady', reason: 'DiscoveryFailed', message: 'no answer' }]
  world.clock.advance(3600)
  await go()
  assert.equal(world.request().status?.outcome, 'Failed')
  assert.equal(count(), 0)
})

test('a token that expires before its key is published is no answer', async () => {
  const world = await holdingToken()
  const { go, count } = listening(world)
  world.clock.advance(3600)
  await go()
  assert.equal(world.said(), 'TokenRejected')
  assert.equal(count(), 0)
})
