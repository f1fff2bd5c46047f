/** A request whose token was redeemed and cannot be verified yet. */
import assert from 'node:assert/strict'
import { anApprovalRequest } from './builders.ts'
import { aWorld } from '../worlds/approval-world.ts'
import type { World } from '../worlds/approval-world.ts'
import { granted } from '../fakes/providers/port.ts'

export const wanting = anApprovalRequest().wantingToken()
export const invalidGrant = { kind: 'Error', error: 'invalid_grant' } as const
export const unknownKey = { kind: 'NotYet', clause: 'kid', message: 'its key is not published' } as const

export async function holdingToken(): Promise<World> {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [granted, invalidGrant]
  world.openid.script.verify = [unknownKey]
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.deepEqual(world.openid.revoked, [])
  return world
}
