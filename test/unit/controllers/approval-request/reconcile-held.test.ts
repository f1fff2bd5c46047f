/** After invalid_grant: another process may have fetched the answer, and be about to store its token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { granted } from '../../../support/fakes/providers/port.ts'
import { fail } from '../../../support/worlds/failing-writes.ts'
import { granting, invalidGrant } from '../../../support/worlds/granting.ts'

const wanting = anApprovalRequest().wantingToken()

test('invalid_grant looks for the Secret of another process', async () => {
  const world = await granting(aWorld(wanting))
  const other = world.anotherProcess()
  await world.pass('foo-v2', other)
  // While the other process redeems, this one asks too; then the other stores the token and stops.
  const asksMeanwhile = async (): Promise<typeof granted> => {
    await world.pass()
    world.requests.interpose({ before: ({ verb }) => (verb === 'replaceStatus' ? fail() : undefined) })
    return granted
  }
  world.openid.script.token = [asksMeanwhile, invalidGrant]
  world.clock.advance(7.5)
  await world.pass('foo-v2', other)
  await assert.rejects(world.pass('foo-v2', other))
  world.requests.interpose({})
  await world.after(39.999)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(0.001)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 2)
  assert.equal(world.writes().secrets, 1)
})

test('invalid_grant without any Secret is TokenLost after the hold', async () => {
  const world = await granting(aWorld(wanting))
  world.openid.script.token = [invalidGrant]
  await world.after(5)
  await world.after(39.999)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(0.001)
  assert.equal(world.said(), 'TokenLost')
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('invalid_grant is told while another process may still store the token, also past the deadline', async () => {
  const world = await granting(aWorld(wanting))
  world.openid.script.token = [{ ...invalidGrant, description: 'Session not active' }]
  await world.after(600)
  const { status } = world.writes()
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /^alice@company\.com has been asked, but IdentityProvider company answered invalid_grant \("Session not active"\) when the operator fetched the answer, and gives none any more\. At [\d:]+ UTC the operator looks whether another controller has stored one; if not, the request ends in TokenLost\.$/,
  )
  await world.after(39)
  assert.equal(world.writes().status, status)
  await world.after(1)
  assert.equal(world.said(), 'TokenLost')
})

test('the look for another process’s token is not put off by a write that fails', async () => {
  const world = await granting(aWorld(wanting))
  world.openid.script.token = [invalidGrant]
  world.requests.interpose({ before: ({ verb }) => (verb === 'replaceStatus' ? fail() : undefined) })
  await assert.rejects(world.after(5))
  world.requests.interpose({})
  await world.after(39)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(1)
  assert.equal(world.said(), 'TokenLost')
})
