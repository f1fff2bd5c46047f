/** Several people are asked, and something goes wrong: what was forged, what was withdrawn, what another process left behind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentPromptsOf } from '../../../../../src/core/limits/sent-prompt.ts'
import { secondsAfter } from '../../../../../src/core/duration.ts'
import { anApprovalRequest, aProvider } from '../../../../support/builders/builders.ts'
import { invalidGrant } from '../../../../support/worlds/granting.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const both = [aStage('release', ['alice', 'bob'], { required: 2 })]

async function aliceApproved(): Promise<SeveralWorld> {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  return world
}

/** Writes over what status says of Alice's answer. */
function forge(world: SeveralWorld, change: (answer: object) => object): void {
  const request = world.request()
  const prompts = (request.status?.prompts ?? []).map((prompt) =>
    prompt.answer === undefined
      ? prompt
      : { ...prompt, answer: { ...prompt.answer, ...change(prompt.answer) } },
  )
  world.requests.put({ ...request, status: { ...request.status, prompts } })
}

for (const [name, change] of [
  ['of another subject', () => ({ subject: 'sub-of-mallory' })],
  ['with a seal of its own making', () => ({ seal: 'eyJhbGciOiJkaXIifQ..a.b.c' })],
  ['of another issuer', () => ({ issuer: 'https://evil.example' })],
] as const)
  test(`an approval ${name} in status does not count toward the decision`, async () => {
    const world = await aliceApproved()
    forge(world, change)
    world.answer('bob', approvalOf('bob'))
    await world.after(5)
    assert.notEqual(world.request().status?.outcome, 'Approved')
    assert.equal(world.token(), undefined)
  })

test('a forged approval of somebody who was asked does not count', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  const request = world.request()
  const [alice, ...others] = request.status?.prompts ?? []
  if (alice === undefined) assert.fail('nobody was asked')
  const answer = { issuer: 'https://sso.company.com', subject: 'sub-of-alice', seal: 'a-seal' }
  const forged = { ...alice, state: 'Approved' as const, answeredAt: '2001-01-01T00:00:00Z', answer }
  world.requests.put({ ...request, status: { ...request.status, prompts: [forged, ...others] } })
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.notEqual(world.request().status?.outcome, 'Approved')
  assert.equal(world.token(), undefined)
})

test('the process after the one that recorded an approval asks nobody again, and the second approval decides', async () => {
  const world = await aliceApproved()
  const next = world.anotherProcess()
  world.answer('bob', approvalOf('bob'))
  for (let passes = 0; passes < 6; passes += 1) {
    world.clock.advance(5)
    await world.pass('foo-v2', next)
  }
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.equal(world.request().status?.decision?.approvers.length, 2)
})

test('a token whose revocation is not confirmed stays named in status', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  const { openid } = world
  const connect = openid.connect.bind(openid)
  world.openid.connect = async (...how) => {
    const connected = await connect(...how)
    if (connected.kind !== 'Connected') return connected
    return { ...connected, connection: { ...connected.connection, revoke: () => Promise.resolve(false) } }
  }
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  const [alice] = world.request().status?.prompts ?? []
  assert.ok(new Date(alice?.answer?.tokenValidUntil ?? '') > secondsAfter(world.clock.now(), 200))
})

test('withdrawn while two are asked: one end, and it says who was asked', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  const gone = { reason: 'Withdrawn', message: 'the Rollout is gone.' } as const
  world.subject.watched = gone
  world.subject.live = gone
  await world.settle()
  assert.equal(world.said(), 'Withdrawn')
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /the Rollout is gone\. alice@company\.com and bob@company\.com were asked; an answer has no effect any more\./,
  )
  assert.deepEqual(world.states(), { alice: 'NotNeeded', bob: 'NotNeeded' })
})

test('the provider becomes another one: nobody is asked there, and the request ends', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.providers.put(aProvider({ issuer: 'https://other.company.com' }))
  await world.after(5)
  assert.equal(world.said(), 'IdentityProviderChanged')
  assert.equal(world.openid.prompts.length, 2)
})

test('an answer that somebody else has fetched fails one prompt, and the other decides where one is enough', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'bob'])], wanting)
  await world.settle()
  world.answer('alice', invalidGrant)
  await world.after(5)
  await world.after(60)
  assert.deepEqual(world.states(), { alice: 'Failed', bob: 'Open' })
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
})

test('a denial while the deciding approval is being stored: denied, and its token is gone', async () => {
  const world = await aliceApproved()
  world.answer('bob', denial)
  await world.after(5)
  assert.deepEqual([world.said(), world.token()], ['AccessDenied', undefined])
})

test('the requester is never among those who are asked', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'bob'])], wanting.by('alice@company.com'))
  await world.settle()
  assert.deepEqual(world.asked(), ['bob'])
})

test('too few are left without the requester: nobody is asked, and the message says why', async () => {
  const world = aWorldOf(both, wanting.by('alice@company.com'))
  await world.settle()
  assert.equal(world.said(), 'NotEnoughApprovers')
  assert.deepEqual(world.asked(), [])
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /stage release of policy prod-promotions needs 2 approvals, and too few people are left to ask: a person counts once, and alice@company\.com, who asks, does not count\./,
  )
})

test('an answer that does not count closes the prompt: the approver is done with it', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'bob'])], wanting)
  await world.settle()
  world.openid.script.verify = [{ kind: 'Rejected', clause: 'aud', message: 'wrong' }]
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  assert.deepEqual(world.states(), { alice: 'Failed', bob: 'Open' })
  const [alice, bob] = sentPromptsOf(world.request())
  assert.deepEqual([alice?.openUntilMs, bob?.openUntilMs !== undefined], [undefined, true])
})
