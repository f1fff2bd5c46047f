/** A token that is not delivered opens nothing: it is revoked where it came from (RFC 7009). */
import type { Dependencies } from '../dependencies.ts'

/**
 * Revokes a token that was redeemed and is not stored yet, if this process holds one for the request; by the connection that it came
 * by, since its IdentityProvider may be gone.
 *
 * @param uid of the ApprovalRequest
 * @returns whether there was one
 */
export async function dropRedeemed({ memory }: Pick<Dependencies, 'memory'>, uid: string): Promise<boolean> {
  const { progress, connection } = memory.recall(uid)
  if (progress?.kind !== 'Redeemed') return false
  memory.remember(uid, { progress: undefined, connection: undefined })
  await connection?.revoke(progress.response.accessToken)
  return true
}
