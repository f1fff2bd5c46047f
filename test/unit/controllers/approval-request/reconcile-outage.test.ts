/** A provider that is out for hours: how often it is asked, what is written meanwhile, and how soon the approver is asked afterwards. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { prompted } from '../../../support/fakes/providers/port.ts'

const description = 'HTTP 503: maintenance'
const busy = { kind: 'NotPrompted', error: 'temporarily_unavailable', description } as const
const hour = 3600

function aLongOutage(): World {
  const world = aWorld(anApprovalRequest())
  world.policies.put({
    ...aPolicy(),
    spec: { ...aPolicy().spec, requestedExpiry: { default: '24h', max: '24h' } },
  })
  world.openid.script.prompt = [busy]
  return world
}

/** Passes when they are due, as the work queue makes them. */
async function forSeconds(world: World, seconds: number): Promise<void> {
  const end = world.clock.now().getTime() + seconds * 1000
  for (;;) {
    const result = await world.settle()
    const at = result.kind === 'RequeueAt' ? result.at.getTime() : end
    world.clock.advance((Math.min(at, end) - world.clock.now().getTime()) / 1000)
    if (at >= end) return
  }
}

function attemptOf(world: World): number {
  return world.request().status?.prompts?.[0]?.attempt ?? 0
}

test('an outage until the longest deadline costs few attempts, two writes each, and is said once', async () => {
  const world = aLongOutage()
  await forSeconds(world, 24 * hour - 100)
  const attempts = attemptOf(world)
  assert.ok(attempts > 200 && attempts < 500, `${attempts} attempts`)
  assert.equal(world.openid.prompts.length, attempts)
  assert.equal(world.writes().status, 2 * attempts)
  assert.deepEqual(world.reported, ['Prompting', 'IdentityProviderNotReady'])
  await forSeconds(world, 100)
  await world.settle()
  assert.equal(world.said(), 'RequestExpired')
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /could not be asked (by|early enough to answer by) .*maintenance/,
  )
})

test('what is written between two attempts is the attempt alone', async () => {
  const world = aLongOutage()
  await forSeconds(world, hour)
  const before = world.request().status
  let during: typeof before
  world.openid.script.prompt = [() => ((during = world.request().status), busy)]
  await forSeconds(world, 600)
  const without = (status: typeof before): unknown => ({ ...status, prompts: [] })
  assert.deepEqual(without(during), without(before))
  assert.ok(during?.prompts?.[0]?.sentAt !== undefined, 'an attempt is recorded before it is made')
  assert.equal(world.request().status?.prompts?.[0]?.sentAt, undefined)
})

for (const [outage, within] of [
  [60, 100],
  [600, 450],
  [3 * hour, 450],
] as const)
  test(`after an outage of ${outage} s the approver is asked within ${within} s`, async () => {
    const world = aLongOutage()
    await forSeconds(world, outage)
    world.openid.script.prompt = [prompted]
    await forSeconds(world, within)
    assert.equal(world.said(), 'AuthorizationPending')
    assert.deepEqual(world.reported, ['Prompting', 'IdentityProviderNotReady', 'AuthorizationPending'])
  })

test('an answer that is lost after an outage is said: somebody may have been asked', async () => {
  const world = aLongOutage()
  await world.settle()
  world.openid.script.prompt = [{ kind: 'Unknown', detail: 'the connection was reset' }]
  await world.after(1)
  assert.deepEqual(world.reported, ['Prompting', 'IdentityProviderNotReady', 'PromptLost'])
})

test('the end of a request does not wait for the end of a pause', async () => {
  const world = aWorld(anApprovalRequest())
  world.openid.script.prompt = [{ ...busy, retryAfterSeconds: hour }]
  const result = await world.settle()
  assert.ok(result.kind === 'RequeueAt')
  assert.deepEqual(result.at, new Date(world.request().status?.deadline ?? ''))
})
