/** An intent whose write was not answered: the process that wrote it knows that it sent nothing, whatever comes next. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { beforeStatusWrite, fail, loseAnswerOfStatusWrite } from '../../../support/worlds/failing-writes.ts'

const wanting = anApprovalRequest().wantingToken()
const keyed = aClient('agent-release-bot')
const notReady = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'no answer in time' } as const

for (const [name, provider] of [
  ['a prompt is sent once', aProvider()],
  [
    'a prompt by assertion may be sent again',
    aProvider({
      assertionReplay: 'Refused',
      clients: [{ ...keyed, authentication: { ...keyed.authentication, method: 'private_key_jwt' } }],
    }),
  ],
] as const)
  test(`a W1 whose answer is lost stays a next attempt while its provider is not ready: ${name}`, async () => {
    const world = aWorld(wanting)
    world.providers.put(provider)
    loseAnswerOfStatusWrite(world, 1)
    await assert.rejects(world.pass())
    world.openid.script.connect = [notReady, notReady, undefined]
    await world.settle()
    assert.equal(world.said(), 'IdentityProviderNotReady')
    world.dependencies.memory.retryNow(world.request().metadata.uid ?? '')
    await world.settle()
    assert.equal(world.said(), 'IdentityProviderNotReady')
    await world.after(60)
    assert.equal(world.said(), 'AuthorizationPending')
    assert.equal(world.openid.prompts.length, 1)
    assert.equal(world.request().status?.prompts?.[0]?.attempt, 2)
  })

test('a prompt that is known not to have been sent is recorded so: its approver was not asked', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  assert.ok(world.request().status?.prompts?.[0]?.sentAt)
  world.openid.script.connect = [notReady]
  await world.settle()
  assert.deepEqual(world.request().status?.prompts, [
    { id: 'approver-1', attempt: 1, approver: 'alice@company.com' },
  ])
  await world.after(24 * 3600)
  assert.match(world.request().status?.conditions?.[0]?.message ?? '', /could not be asked/)
  assert.equal(world.openid.prompts.length, 0)
})

test('a W1 whose answer is lost stays a next attempt while no place is free', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  const others = ['other/1', 'other/2'].map((key) => ({ request: key, prompt: 'p' }))
  for (const other of others)
    world.dependencies.places.take({ provider: 'company', purpose: 'Prompt' }, other)
  await world.pass()
  await world.pass()
  assert.equal(world.request().status?.outcome, undefined)
  for (const other of others) world.dependencies.places.leave(other)
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.request().status?.prompts?.[0]?.attempt, 2)
})

test('a W1 whose answer is lost stays a next attempt when the W1 after it never arrives', async () => {
  const world = aWorld(wanting)
  loseAnswerOfStatusWrite(world, 1)
  await assert.rejects(world.pass())
  beforeStatusWrite(world, 1, fail)
  await assert.rejects(world.pass())
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 1)
})

test('an attempt that was sent after a W1 that never arrived is not taken for one that was not sent', async () => {
  const world = aWorld(wanting)
  beforeStatusWrite(world, 1, fail)
  await assert.rejects(world.pass())
  world.openid.script.prompt = [() => Promise.reject(new Error('the process stumbles after sending'))]
  await assert.rejects(world.pass())
  await world.settle()
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 1)
})
