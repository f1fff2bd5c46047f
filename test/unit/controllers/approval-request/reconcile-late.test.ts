/** A token in the hands of a process that may not, or cannot, store it any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { accessToken, granted, verified } from '../../../support/fakes/providers/port.ts'
import { fail } from '../../../support/worlds/failing-writes.ts'

const wanting = anApprovalRequest().wantingToken()
const invalidGrant = { kind: 'Error', error: 'invalid_grant' } as const
const invalidClient = { kind: 'Error', error: 'invalid_client', description: 'no such key' } as const
const pending = { kind: 'Error', error: 'authorization_pending' } as const
const unreachable = { kind: 'NotYet', clause: 'jwks', message: 'no keys' } as const

async function granting(): Promise<World> {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [granted, invalidGrant]
  return world
}

test('without the lease a token is dropped, and said to be lost', async () => {
  const world = await granting()
  world.failpoints.hit = (name) => {
    if (name === 'before:W3') world.lease.held = false
    return Promise.resolve()
  }
  await world.after(5)
  assert.equal(world.said(), 'TokenLost')
  assert.equal(world.token(), undefined)
  assert.deepEqual(world.openid.revoked, [accessToken])
})

test('a Secret that came after TokenLost is deleted when its token is of no use any more', async () => {
  const world = aWorld(wanting)
  const sleeper = world.anotherProcess()
  for (let passes = 0; passes < 2; passes += 1) await world.pass('foo-v2', sleeper)
  // It stands still while it creates the Secret; another process meets invalid_grant meanwhile.
  world.openid.script.token = [granted, invalidGrant]
  world.secrets.interpose({
    before: async ({ verb }) => {
      if (verb !== 'create') return
      world.secrets.interpose({})
      for (let holds = 0; holds < 4 && world.said() !== 'TokenLost'; holds += 1) await world.after(40)
      assert.equal(world.said(), 'TokenLost')
    },
  })
  world.clock.advance(5)
  const killed = { ...sleeper, requests: { ...sleeper.requests, replaceStatus: fail, get: fail } }
  await assert.rejects(world.pass('foo-v2', killed))
  assert.notEqual(world.token(), undefined)
  await world.after(400)
  assert.notEqual(world.token(), undefined)
  const { resourceVersion } = world.request().metadata
  await world.after(200)
  assert.equal(world.token(), undefined)
  assert.equal(world.request().metadata.resourceVersion, resourceVersion)
})

test('a token that is in hand when its provider is exchanged is revoked', async () => {
  const world = await granting()
  world.openid.script.verify = [unreachable, verified]
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  world.providers.put(aProvider({ issuer: 'https://elsewhere.example' }))
  await world.after(1)
  assert.equal(world.said(), 'IdentityProviderChanged')
  assert.deepEqual(world.openid.revoked, [accessToken])
})

test('a client that is refused when it fetches the answer is said once, and its return too', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [invalidClient, pending, pending, granted]
  const { status } = world.writes()
  for (const seconds of [5, 5, 5]) await world.after(seconds)
  assert.deepEqual([world.said(), world.writes().status - status], ['IdentityProviderNotReady', 1])
  assert.equal(world.openid.tokenRequests.length, 1)
  for (const seconds of [60, 60]) await world.after(seconds)
  assert.deepEqual([world.said(), world.writes().status - status], ['AuthorizationPending', 2])
  for (const seconds of [60, 5]) await world.after(seconds)
  assert.deepEqual([world.said(), world.writes().status - status], ['Approved', 3])
  assert.deepEqual(world.reported, [
    'Prompting',
    'AuthorizationPending',
    'IdentityProviderNotReady',
    'AuthorizationPending',
    'Approved',
  ])
})
