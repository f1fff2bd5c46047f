/** A token response that grants less than was requested. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const wanting = anApprovalRequest()
const invalidGrant = { kind: 'Error', error: 'invalid_grant' } as const

function fail(): never {
  throw new Error('the process was killed')
}

test('what was not granted is said after a crash between W3 and W4 too', async () => {
  const scopes = ['rollouts:promote', 'rollouts:abort']
  const world = aWorld(wanting.wantingToken({ scopes }))
  world.policies.put(aPolicy({ token: { scopes, maxLifetime: '10m' } }))
  await world.settle()
  const response = aTokenResponse({ scope: 'openid rollouts:abort' })
  world.openid.script.token = [{ kind: 'Granted', response }, invalidGrant]
  world.failpoints.hit = (name) => (name === 'after:W3' ? fail() : Promise.resolve())
  world.clock.advance(5)
  await assert.rejects(async () => world.pass())
  world.failpoints.hit = () => Promise.resolve()
  const another = world.anotherProcess()
  for (let passes = 0; passes < 3; passes++) {
    await world.pass('foo-v2', another)
    world.clock.advance(60)
  }
  assert.equal(world.said(), 'Approved')
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /The provider did not grant rollouts:promote\. Act before/,
  )
})
