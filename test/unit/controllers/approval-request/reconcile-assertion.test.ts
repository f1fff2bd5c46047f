/** Prompts of a client that signs assertions (RFC 7523): the same attempt may be sent again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { prompted } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest()
const busy = { kind: 'NotPrompted', error: 'temporarily_unavailable' } as const
const unknown = { kind: 'Unknown', detail: 'the connection was reset' } as const
const keyed = aClient('agent-release-bot')
const signing = aProvider({
  assertionReplay: 'Refused',
  clients: [{ ...keyed, authentication: { ...keyed.authentication, method: 'private_key_jwt' } }],
})

test('a prompt by assertion is sent again unchanged, where a replay is refused', async () => {
  const world = aWorld(request)
  world.providers.put(signing)
  world.openid.script.prompt = [unknown, busy, prompted]
  await world.settle()
  assert.equal(world.said(), 'Prompting')
  await world.after(1)
  await world.after(2)
  assert.equal(world.said(), 'AuthorizationPending')
  const assertions = world.openid.prompts.map(({ assertion }) => assertion)
  assert.deepEqual(assertions, Array(3).fill(assertions[0]))
  assert.equal(world.request().status?.prompts?.[0]?.attempt, 1)
})

test('a prompt by assertion is not sent again earlier than a proxy wants', async () => {
  const world = aWorld(request)
  world.providers.put(signing)
  world.openid.script.prompt = [{ ...unknown, retryAfterSeconds: 20 }, prompted]
  const result = await world.settle()
  assert.ok(result.kind === 'RequeueAt' && result.at >= t(20), 'it waits for 20 s')
  await world.after(19)
  assert.equal(world.openid.prompts.length, 1)
  await world.after(11)
  assert.equal(world.said(), 'AuthorizationPending')
})

for (const [name, answer, seconds, want] of [
  ['was taken before', { kind: 'NotPrompted', error: 'invalid_client' }, 1, 'PromptLost'],
  ['can be refused by name', { kind: 'NotPrompted', error: 'unknown_user_id' }, 1, 'UnknownUserId'],
  ['is given up when its assertion has expired', unknown, 45, 'PromptLost'],
] as const)
  test(`a prompt by assertion ${name}`, async () => {
    const world = aWorld(request)
    world.providers.put(signing)
    world.openid.script.prompt = [unknown, answer]
    await world.settle()
    await world.after(seconds)
    assert.equal(world.said(), want)
  })

test('a refusal of the second sending says nothing about the client', async () => {
  const world = aWorld(request)
  world.providers.put(signing)
  world.openid.script.prompt = [unknown, { kind: 'NotPrompted', error: 'invalid_client' }]
  await world.settle()
  await world.after(1)
  assert.deepEqual(
    world.experienced.map(([, { kind }]) => kind),
    ['Usable', 'Unusable', 'Usable'],
  )
})

test('a prompt by assertion is not sent again when the assertion expires right before', async () => {
  const world = aWorld(request)
  world.providers.put(signing)
  world.openid.script.prompt = [unknown, prompted]
  await world.settle()
  world.failpoints.hit = (name) => {
    if (name === 'before:I1') world.clock.advance(45)
    return Promise.resolve()
  }
  await world.after(1)
  assert.equal(world.openid.prompts.length, 1)
  await world.after(2)
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 1)
})

test('a process that stops after W1 sends the same assertion again', async () => {
  const world = aWorld(request)
  world.providers.put(signing)
  world.failpoints.hit = (name) =>
    name === 'before:I1' ? Promise.reject(new Error('the process was killed')) : Promise.resolve()
  await assert.rejects(world.pass())
  world.failpoints.hit = () => Promise.resolve()
  const { prompts } = world.request().status ?? {}
  await world.pass('foo-v2', world.anotherProcess())
  assert.equal(world.said(), 'AuthorizationPending')
  const [sent] = world.openid.prompts
  assert.equal(sent?.assertion?.expiresAt.getTime(), Date.parse(prompts?.[0]?.assertionExpiresAt ?? ''))
})
