/** Writes that fail, conflict or come too late: what cannot be repeated is neither done twice nor lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { beforeStatusWrite, fail, loseAnswerOfStatusWrite } from '../../../support/worlds/failing-writes.ts'
import { granted } from '../../../support/fakes/providers/port.ts'

const wanting = anApprovalRequest().wantingToken()
const replaced = wanting.named('foo-v2', '80000000-0000-4000-8000-000000000002')

function touch({ requests }: World, changes: Partial<ApprovalRequest> = {}): void {
  const request = requests.held('foo-v2')
  assert.ok(request !== undefined)
  requests.put({ ...request, ...changes })
}

async function untilAsked(world: World): Promise<World> {
  await world.settle()
  return world
}

async function answered(world: World): Promise<void> {
  world.openid.script.token = [granted]
  world.clock.advance(5)
  await world.pass()
}

test('a conflict at W1 sends nothing', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 1, () => {
    touch(world)
  })
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  assert.equal(world.openid.prompts.length, 0)
  assert.equal(world.request().status, undefined)
  await world.settle()
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.request().status?.prompts?.[0]?.attempt, 1)
})

test('a request that vanishes before W1 is not asked', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 1, () => {
    world.requests.remove('foo-v2')
  })
  await world.pass()
  assert.equal(world.openid.prompts.length, 0)
})

test('an API server that fails at W1 means that nothing is sent', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 1, fail)
  await assert.rejects(world.pass())
  assert.equal(world.openid.prompts.length, 0)
  await world.settle()
  assert.equal(world.openid.prompts.length, 1)
})

test('a W1 whose answer is lost is a next attempt: who wrote it knows that nothing was sent', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.request().status?.prompts?.[0]?.attempt, 2)
})

test('a W1 whose answer is lost with its process ends in PromptLost', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  await world.pass('foo-v2', world.anotherProcess())
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 0)
})

test('an attempt that others have made since is not taken for the one that was not sent', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  const [prompt] = world.request().status?.prompts ?? []
  assert.ok(prompt !== undefined)
  touch(world, { status: { ...world.request().status, prompts: [{ ...prompt, attempt: 2 }] } })
  await world.settle()
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 0)
})

test('a conflict at W2 keeps the id', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 2, () => {
    touch(world)
  })
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  await answered(world)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.prompts.length, 1)
})

test('an API server that fails at W2 keeps the id until it is written', async () => {
  const world = aWorld(wanting)
  world.requests.interpose({
    before: ({ verb }) =>
      verb === 'replaceStatus' && world.openid.prompts.length === 1 ? fail() : undefined,
  })
  for (let passes = 0; passes < 3; passes++) await assert.rejects(world.pass())
  assert.equal(world.said(), 'Prompting')
  world.requests.interpose({})
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 1)
})

test('a W2 whose answer is lost is not written twice', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 2)
  await assert.rejects(world.pass())
  const written = world.request()
  await world.settle()
  assert.equal(world.request(), written)
  await answered(world)
  assert.equal(world.said(), 'Approved')
})

test('a pending answer that follows a failed W2 is asked for again and again', async () => {
  const world = await untilAsked(aWorld(wanting))
  await world.after(5)
  await world.after(5)
  assert.equal(world.openid.tokenRequests.length, 2)
})

test('an API server that fails at W4 neither loses nor repeats the answer', async () => {
  const world = await untilAsked(aWorld(wanting))
  beforeStatusWrite(world, 1, fail)
  await assert.rejects(answered(world))
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
  assert.equal(world.writes().secrets, 1)
})

test('a refusal is not lost either', async () => {
  const world = await untilAsked(aWorld(wanting))
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  beforeStatusWrite(world, 1, fail)
  world.clock.advance(5)
  await assert.rejects(world.pass())
  await world.settle()
  assert.equal(world.request().status?.outcome, 'Denied')
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a W4 whose answer is lost keeps its Secret, and is told', async () => {
  const world = await untilAsked(aWorld(wanting))
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(answered(world))
  const written = world.request()
  await world.settle()
  assert.equal(world.request(), written)
  assert.notEqual(world.token(), undefined)
  assert.deepEqual(world.reported.slice(-1), ['Approved'])
})

test('a conflict at W4 with the same approval by another process keeps the Secret', async () => {
  const world = await untilAsked(aWorld(wanting))
  const other = world.anotherProcess()
  beforeStatusWrite(world, 1, () => world.pass('foo-v2', other))
  await answered(world)
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.notEqual(world.token(), undefined)
})

test('who loses W4 to another answer deletes its Secret', async () => {
  const world = await untilAsked(aWorld(wanting))
  beforeStatusWrite(world, 1, () => {
    touch(world, { status: wanting.finished('RequestExpired').status ?? {} })
  })
  await answered(world)
  assert.equal(world.said(), 'RequestExpired')
  assert.equal(world.token(), undefined)
})

test('a request that is deleted while its token is redeemed leaves no Secret', async () => {
  const world = await untilAsked(aWorld(wanting))
  beforeStatusWrite(world, 1, () => {
    world.requests.remove('foo-v2')
  })
  await answered(world)
  assert.equal(world.token(), undefined)
})

test('an approval that was not written is not given to the next request of that name', async () => {
  const world = await untilAsked(aWorld(wanting))
  beforeStatusWrite(world, 1, fail)
  await assert.rejects(answered(world))
  world.requests.cache.freeze()
  world.requests.remove('foo-v2')
  world.requests.put(replaced)
  await world.pass()
  assert.equal(world.request().status, undefined)
  assert.equal(world.token(), undefined)
})

test('a prompt that was not written is not given to the next request of that name', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 2, fail)
  await assert.rejects(world.pass())
  world.requests.cache.freeze()
  world.requests.remove('foo-v2')
  world.requests.put(replaced)
  await world.pass()
  assert.equal(world.request().status, undefined)
  world.requests.cache.catchUp()
  await world.settle()
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.said(), 'Throttled')
})
