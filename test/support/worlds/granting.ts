/** A request that was asked, and a provider that issues the token once. */
import { granted } from '../fakes/providers/port.ts'
import type { World } from './approval-world.ts'

/** What a provider says of an `auth_req_id` that was redeemed before (RFC 6749 §5.2). */
export const invalidGrant = { kind: 'Error', error: 'invalid_grant' } as const

/** Asks, and lets the next token request bring the token and each one after it `invalid_grant`. */
export async function granting(world: World): Promise<World> {
  await world.settle()
  world.openid.script.token = [granted, invalidGrant]
  return world
}
