/** The time in which a request waits for its turn is not the approver's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { pendingError as pending } from '../../../support/fakes/providers/port.ts'

const denied = { kind: 'Error', error: 'access_denied' } as const
const anHour = { requestedExpiry: { default: '1m', max: '1h' } } as const
const ten = { requestedExpiry: { default: '1m', max: '10m' } } as const
const first = anApprovalRequest().named('first', 'uid-1').saying({ requestedExpiry: '5m' })
const second = anApprovalRequest().named('second', 'uid-2').saying({ requestedExpiry: '1m' })

/** The second waits for the first, under this policy. */
async function aLine(
  policy: Parameters<typeof aPolicy>[0],
  ...more: readonly ApprovalRequest[]
): Promise<World> {
  const world = aWorld(first, second, ...more)
  world.policies.put(aPolicy(policy))
  await world.settle('first')
  await world.settle('second')
  assert.equal(world.said('second'), 'Throttled')
  return world
}

async function answerFirst(world: World): Promise<void> {
  world.openid.script.token = [denied]
  await world.after(5, 'first')
  world.openid.script.token = [pending]
}

function deadlineOf(world: World, name: string): string | undefined {
  return world.request(name).status?.deadline
}

test('a request in line stands until the policy’s maximum, and EXPIRES says so', async () => {
  const world = await aLine(anHour)
  const { deadline, expires } = world.request('second').status ?? {}
  assert.deepEqual([deadline, expires], [at(3600), at(3600)])
})

test('once it is asked, the approver has its whole expiry, and the provider is told so', async () => {
  const world = await aLine(anHour)
  world.clock.advance(200)
  await answerFirst(world)
  await world.after(60, 'second')
  assert.equal(world.said('second'), 'AuthorizationPending')
  const { deadline, expires } = world.request('second').status ?? {}
  assert.deepEqual([deadline, expires], [at(325), at(325)])
  assert.equal(world.openid.prompts[1]?.requestedExpirySeconds, 60)
})

test('within the policy’s maximum, counted from its creation', async () => {
  const world = await aLine(ten)
  world.clock.advance(60)
  await answerFirst(world)
  world.clock.advance(505)
  await world.settle('second')
  assert.deepEqual([world.said('second'), deadlineOf(world, 'second')], ['AuthorizationPending', at(600)])
  assert.equal(world.openid.prompts[1]?.requestedExpirySeconds, 30)
})

test('no prompt goes out in the last quarter of its expiry before the maximum', async () => {
  const world = await aLine(ten)
  world.clock.advance(60)
  await answerFirst(world)
  world.clock.advance(520.001)
  world.clock.advance(1)
  await world.settle('second')
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.said('second'), 'RequestExpired')
  const message = world.request('second').status?.conditions?.[0]?.message ?? ''
  const end = at(600).slice(11, 16)
  assert.match(
    message,
    new RegExp(`^the approver could not be asked early enough to answer by ${end} UTC: alice`),
  )
})

test('one whose turn never comes ends at the maximum, and says that nobody was asked', async () => {
  const world = await aLine({ requestedExpiry: { default: '1m', max: '5m' } })
  await world.after(300, 'second')
  const message = world.request('second').status?.conditions?.[0]?.message ?? ''
  assert.equal(world.said('second'), 'RequestExpired')
  assert.match(message, /^the request’s turn did not come by [0-9:]{5} UTC: alice/)
  assert.doesNotMatch(message, /did not answer/)
})

test('the provider being away when its turn comes takes from its own expiry, not from the maximum', async () => {
  const world = await aLine(anHour)
  world.clock.advance(100)
  await answerFirst(world)
  world.clock.advance(60)
  world.providers.remove('company')
  await world.settle('second')
  assert.deepEqual([world.said('second'), deadlineOf(world, 'second')], ['IdentityProviderNotReady', at(225)])
  await world.after(30, 'second')
  assert.equal(deadlineOf(world, 'second'), at(225))
  await world.after(30, 'second')
  assert.equal(world.said('second'), 'RequestExpired')
})

test('a request whose subject waits for less time is asked within that', async () => {
  const world = aWorld(second)
  world.subject.end = t(45)
  await world.settle('second')
  assert.deepEqual([world.said('second'), deadlineOf(world, 'second')], ['AuthorizationPending', at(45)])
})

test('a request whose subject has all but ended is not asked', async () => {
  const world = aWorld(second)
  world.subject.end = t(45)
  world.clock.advance(40)
  await world.settle('second')
  assert.equal(world.openid.prompts.length, 0)
  assert.match(
    world.request('second').status?.conditions?.[0]?.message ?? '',
    /^the approver could not be asked early enough to answer by/,
  )
})

test('another attempt is not made in the last minute', async () => {
  const world = aWorld(first)
  world.openid.script.prompt = [
    { kind: 'NotPrompted', error: 'temporarily_unavailable', retryAfterSeconds: 250 },
  ]
  await world.settle('first')
  assert.equal(world.said('first'), 'IdentityProviderNotReady')
  await world.after(250, 'first')
  assert.equal(world.openid.prompts.length, 1)
  const message = world.request('first').status?.conditions?.[0]?.message ?? ''
  assert.match(
    message,
    /^alice@company\.com could not be asked early enough to answer by \d\d:\d\d UTC: IdentityProvider company answered/,
  )
  assert.match(message, /Ask a platform engineer to fix it\. Once that is fixed, ask again: /)
})
