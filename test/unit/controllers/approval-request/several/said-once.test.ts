/** What holds for several prompts alike is written once, not by each of them in turn. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aProvider } from '../../../../support/builders/builders.ts'
import { aStage, approvalOf, aWorldOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const both = [aStage('release', ['alice', 'bob'], { required: 2 })]
const away = { kind: 'Unreachable', detail: 'the connection was refused' } as const

/** After a while in which nothing happens, nothing is written. */
async function assertSilent(world: SeveralWorld): Promise<void> {
  const { status } = world.writes()
  for (let times = 0; times < 6; times += 1) await world.after(10)
  assert.equal(world.writes().status, status)
}

test('both prompts wait for a ping that brings their ids', async () => {
  const world = aWorldOf(both, wanting)
  world.providers.put(aProvider({ delivery: 'Ping' }))
  world.openid.script.prompt = [{ kind: 'Unknown', detail: 'the connection was reset' }]
  await world.settle()
  // W1, and that the pings are awaited.
  assert.equal(world.writes().status, 2)
  assert.equal(world.said(), 'Prompting')
  await assertSilent(world)
})

test('both wait for a ping after a crash, each in its turn', async () => {
  const world = aWorldOf(both, wanting)
  world.providers.put(aProvider({ delivery: 'Ping' }))
  world.openid.script.prompt = [() => Promise.reject(new Error('killed'))]
  await assert.rejects(world.pass(), /killed/)
  const successor = world.anotherProcess()
  for (let times = 0; times < 10; times += 1) await world.pass('foo-v2', successor)
  assert.equal(world.said(), 'Prompting')
  // W1 of the one that was killed, and that the pings are awaited.
  assert.equal(world.writes().status, 2)
})

test('the provider is away while both answers are awaited, and is back', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', away)
  world.answer('bob', away)
  for (let times = 0; times < 3; times += 1) await world.after(10)
  assert.equal(world.said(), 'IdentityProviderNotReady')
  // W1, two prompts, and that the provider is away.
  assert.equal(world.writes().status, 4)
  await assertSilent(world)
  world.answer('alice', approvalOf('alice'))
  world.answer('bob', approvalOf('bob'))
  await world.after(120)
  assert.equal(world.said(), 'Approved')
})

test('the IdentityProvider is deleted while both answers are awaited', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.providers.remove('company')
  await world.after(10)
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.equal(world.writes().status, 4)
  await assertSilent(world)
})
