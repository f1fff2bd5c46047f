/** Answers that come too late for a request, or for its provider: nothing is delivered, and no token stays good. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWaker } from '../../../../src/controllers/approval-request/wake.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { accessToken, granted, verified } from '../../../support/fakes/providers/port.ts'
import {
  holdingToken,
  invalidGrant,
  unknownKey,
  wanting,
} from '../../../support/builders/unverified-token.ts'
import { noWakes } from '../../../support/fakes/wakes.ts'
import { fail } from '../../../support/worlds/failing-writes.ts'

/** A process was killed between W3 and W4: the Secret is there, and status does not say so. */
async function storedByAProcessThatEnded(): Promise<World> {
  const world = aWorld(wanting)
  const killed = world.anotherProcess()
  for (let passes = 0; passes < 2; passes += 1) await world.pass('foo-v2', killed)
  world.openid.script.token = [granted, invalidGrant]
  world.failpoints.hit = (name) => {
    if (name === 'after:W3') throw new Error('killed')
    return Promise.resolve()
  }
  world.clock.advance(5)
  await assert.rejects(world.pass('foo-v2', killed))
  world.failpoints.hit = () => Promise.resolve()
  assert.notEqual(world.token(), undefined)
  assert.equal(world.said(), 'AuthorizationPending')
  return world
}

function superseded(world: World): void {
  world.subject.watched = world.subject.live = { reason: 'Superseded', message: 'moved on.' }
}

function beingDeleted(world: World): void {
  const request = world.request()
  world.requests.put({
    ...request,
    metadata: { ...request.metadata, deletionTimestamp: '2026-11-23T09:30:00Z' },
  })
}

test('a key that is published a little later verifies the token', async () => {
  const world = await holdingToken()
  world.openid.script.verify = [unknownKey, verified]
  await world.after(2)
  await world.after(4)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a key that is never published ends in TokenRejected, and the token is revoked', async () => {
  const world = await holdingToken()
  await world.after(299)
  await world.after(60)
  const [complete] = world.request().status?.conditions ?? []
  assert.equal(complete?.reason, 'TokenRejected')
  assert.match(
    complete.message,
    /^kid: its key is not published\. The approval that the provider reported for the prompt to alice@company\.com does not count\. Ask a platform engineer/,
  )
  assert.deepEqual(world.openid.revoked, [accessToken])
})

for (const [name, drop, want] of [
  ['its request is withdrawn', superseded, 'Superseded'],
  ['its request is being deleted', beingDeleted, 'Withdrawn'],
  [
    'its IdentityProvider is deleted and the deadline passes',
    (world: World) => {
      world.providers.remove('company')
      world.clock.advance(3600)
    },
    'IdentityProviderChanged',
  ],
] as const) {
  test(`a token in hand is revoked when ${name}`, async () => {
    const world = await holdingToken()
    drop(world)
    await world.after(2)
    assert.equal(world.said(), want)
    assert.deepEqual(world.openid.revoked, [accessToken])
    assert.equal(world.token(), undefined)
  })
}

for (const [name, drop, want] of [
  ['superseded', superseded, 'Superseded'],
  ['deleted, and kept by a finalizer', beingDeleted, 'Withdrawn'],
] as const) {
  test(`a token that was stored by a process that ended is revoked when its request is ${name}`, async () => {
    const world = await storedByAProcessThatEnded()
    drop(world)
    await world.after(5)
    assert.equal(world.said(), want)
    assert.equal(world.token(), undefined)
    assert.deepEqual(world.openid.revoked, [accessToken])
  })
}

test('a token that was stored by a process that ended goes too where its provider is another one by now', async () => {
  const world = await storedByAProcessThatEnded()
  world.providers.put(aProvider({ issuer: 'https://elsewhere.example' }))
  superseded(world)
  await world.after(5)
  assert.equal(world.said(), 'Superseded')
  assert.equal(world.token(), undefined)
  assert.deepEqual(world.openid.revoked, [])
})

test('a Secret that comes after a withdrawal is deleted when its token is of no use any more', async () => {
  const world = aWorld(wanting)
  const sleeper = world.anotherProcess()
  for (let passes = 0; passes < 2; passes += 1) await world.pass('foo-v2', sleeper)
  world.openid.script.token = [granted]
  // It stands still while it creates the Secret; meanwhile another process withdraws the request.
  world.secrets.interpose({
    before: async ({ verb }) => {
      if (verb !== 'create') return
      world.secrets.interpose({})
      superseded(world)
      await world.settle()
    },
  })
  world.clock.advance(5)
  const killed = { ...sleeper, requests: { ...sleeper.requests, replaceStatus: fail, get: fail } }
  await assert.rejects(world.pass('foo-v2', killed))
  assert.equal(world.said(), 'Superseded')
  assert.notEqual(world.token(), undefined)
  await world.after(601)
  assert.equal(world.token(), undefined)
})

test('a token in hand is revoked when its request is gone', async () => {
  const world = await holdingToken()
  const { memory } = world.dependencies
  const waker = createWaker(world.dependencies, noWakes)
  const before = world.request()
  world.requests.remove('foo-v2')
  waker.requestChanged(before, undefined)
  assert.deepEqual(world.openid.revoked, [accessToken])
  assert.deepEqual(memory.promptsOf(before.metadata.uid ?? ''), [])
})

test('a token that arrives after its request is gone is revoked, and not remembered', async () => {
  const world = aWorld(wanting)
  await world.settle()
  const uid = world.request().metadata.uid ?? ''
  world.openid.script.token = [granted]
  world.openid.script.verify = [unknownKey]
  world.failpoints.hit = (name) => {
    if (name === 'after:I2') world.requests.remove('foo-v2')
    return Promise.resolve()
  }
  world.clock.advance(5)
  assert.deepEqual(await world.pass(), { kind: 'Done' })
  assert.deepEqual(world.openid.revoked, [accessToken])
  assert.deepEqual(world.dependencies.memory.promptsOf(uid), [])
})

test('who loses W4 to another answer revokes the token that it stored', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [granted]
  world.failpoints.hit = (name) => {
    if (name === 'before:W4') world.requests.remove('foo-v2')
    return Promise.resolve()
  }
  await world.after(5)
  assert.equal(world.token(), undefined)
  assert.deepEqual(world.openid.revoked, [accessToken])
})

for (const [when, prepare, who] of [
  ['before anyone is asked', () => Promise.resolve(), 'Nobody was asked.'],
  ['while the answer is awaited', (world: World) => world.settle(), 'alice@company.com was asked; an answer'],
] as const) {
  test(`a request that is being deleted ${when} is withdrawn`, async () => {
    const world = aWorld(wanting)
    await prepare(world)
    const prompts = world.openid.prompts.length
    beingDeleted(world)
    world.openid.script.token = [granted]
    await world.after(10)
    const { outcome, conditions } = world.request().status ?? {}
    assert.equal(outcome, 'Withdrawn')
    assert.ok(conditions?.[0]?.message.startsWith(`the ApprovalRequest is being deleted. ${who}`))
    assert.deepEqual([world.openid.prompts.length, world.openid.tokenRequests.length], [prompts, 0])
    assert.equal(world.token(), undefined)
  })
}

test('a denial whose write got no answer is kept for its time, and no longer', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  const { requests } = world.dependencies
  const deaf = {
    ...world.dependencies,
    requests: {
      ...requests,
      replaceStatus: async (object: Parameters<typeof requests.replaceStatus>[0]) => {
        await requests.replaceStatus(object)
        throw new Error('no answer')
      },
    },
  }
  world.clock.advance(5)
  await assert.rejects(world.pass('foo-v2', deaf))
  assert.equal(world.request().status?.outcome, 'Denied')
  const result = await world.settle()
  assert.equal(result.kind, 'RequeueAt')
  await world.after(3600)
  assert.equal(world.requests.held('foo-v2'), undefined)
})

for (const [detail, words] of [
  ['without expires_in', /answered without expires_in, which CIBA Core §7\.3 requires/],
  ['without auth_req_id', /answered without auth_req_id, which CIBA Core §7\.3 requires/],
] as const) {
  test(`a prompt that the provider accepts ${detail} ends the request, and nothing more is sent`, async () => {
    const world = aWorld(wanting)
    world.openid.script.prompt = [{ kind: 'Malformed', detail }]
    await world.settle()
    await world.after(60)
    const [complete] = world.request().status?.conditions ?? []
    assert.equal(complete?.reason, 'MalformedResponse')
    assert.match(complete.message, words)
    assert.match(complete.message, /alice@company\.com may still see the prompt; an answer has no effect/)
    assert.deepEqual([world.openid.prompts.length, world.openid.tokenRequests.length], [1, 0])
  })
}
