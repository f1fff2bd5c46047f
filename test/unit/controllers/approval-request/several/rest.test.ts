/** Whatever keeps several people's prompts waiting: it is written once, and the request comes to rest until something is due. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PromptOutcome } from '../../../../../src/core/ports/prompting.ts'
import { anApprovalRequest, aProvider } from '../../../../support/builders/builders.ts'
import { aStage, approvalOf, aWorldOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const both = [aStage('release', ['alice', 'bob'], { required: 2 })]
const unavailable: PromptOutcome = { kind: 'NotPrompted', error: 'temporarily_unavailable', httpStatus: 503 }

/** Nothing has changed, so another look writes nothing, and is not followed by one at once. */
async function assertAtRest(world: SeveralWorld): Promise<void> {
  const before = world.writes().status
  for (let looks = 0; looks < 3; looks += 1) {
    const result = await world.pass()
    assert.ok(result.kind === 'RequeueAt' && result.at > world.clock.now(), JSON.stringify(result))
  }
  assert.equal(world.writes().status, before)
}

test('the provider of two open prompts is deleted: said once, and both go on once it is there again', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.providers.remove('company')
  await world.after(5)
  await assertAtRest(world)
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /^alice@company\.com has been asked, but the operator cannot fetch the answer: IdentityProvider company was deleted\./,
  )
  world.providers.put(aProvider())
  for (const hint of ['alice', 'bob']) {
    world.answer(hint, approvalOf(hint))
    await world.after(5)
  }
  assert.equal(world.said(), 'Approved')
})

test('the provider of two prompts of different ends is deleted: said once', async () => {
  const world = aWorldOf(both, wanting)
  const [prompt] = world.openid.script.prompt
  world.openid.script.prompt = [
    { kind: 'Prompted', authReqId: 'ask-alice', expiresInSeconds: 200, intervalSeconds: 5 },
    prompt ?? assert.fail('the script is empty'),
  ]
  await world.settle()
  world.providers.remove('company')
  await world.after(5)
  await assertAtRest(world)
})

test('the provider is deleted before either of two could be asked: said once', async () => {
  const world = aWorldOf(both, wanting)
  world.openid.script.prompt = [unavailable]
  await world.settle()
  world.providers.remove('company')
  await world.after(65)
  await assertAtRest(world)
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /^IdentityProvider company was deleted before alice@company\.com was asked\./,
  )
})

test('the provider is deleted while nobody is asked and somebody is due: asked once it is there again', async () => {
  const world = aWorldOf(
    [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '5m' })],
    wanting,
  )
  await world.settle()
  world.answer('alice', { kind: 'Error', error: 'expired_token' })
  await world.after(5)
  world.providers.remove('company')
  await world.after(300)
  await assertAtRest(world)
  world.providers.put(aProvider())
  await world.settle()
  assert.deepEqual(world.asked(), ['alice', 'carol'])
})

test('the ping of both prompts is awaited: said once', async () => {
  const world = aWorldOf(both, wanting)
  world.providers.put(aProvider({ delivery: 'Ping' }))
  world.openid.script.prompt = [{ kind: 'Unknown', detail: 'no answer within 10 s' }]
  await world.settle()
  await assertAtRest(world)
})

test('nobody can be asked for a while: people hear of it once, not with each attempt', async () => {
  const world = aWorldOf(both, wanting)
  world.openid.script.prompt = [unavailable]
  await world.settle()
  for (let seconds = 0; seconds < 300; seconds += 5) await world.after(5)
  assert.deepEqual(world.reported, ['Prompting', 'IdentityProviderNotReady'])
})

test('no answer can be fetched for a while: said once, and no more once one is', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  const { token } = world.openid.script
  world.openid.script.token = [{ kind: 'Unreachable', detail: 'connect ECONNREFUSED' }]
  for (let seconds = 0; seconds < 300; seconds += 5) await world.after(5)
  assert.deepEqual(world.reported.slice(-2), ['AuthorizationPending', 'IdentityProviderNotReady'])
  assert.equal(world.writes().status, 4)
  world.openid.script.token = token
  for (let seconds = 0; seconds < 120; seconds += 5) await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
})

test('one that cannot be asked keeps its stage, and the others their say', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'bob'])], wanting)
  const [prompt] = world.openid.script.prompt
  world.openid.script.prompt = [unavailable, prompt ?? assert.fail('the script is empty')]
  await world.settle()
  assert.deepEqual(
    world.request().status?.prompts?.map(({ stage, sentAt }) => [stage, sentAt !== undefined]),
    [
      ['release', false],
      ['release', true],
    ],
  )
})
