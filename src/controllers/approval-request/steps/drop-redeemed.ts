/** A token that is not delivered opens nothing: it is revoked where it came from (RFC 7009). */
import type { Dependencies } from '../dependencies.ts'

/**
 * Revokes the tokens that were redeemed for a request and are not stored yet, if this process holds any; each by the connection that
 * it came by, since its IdentityProvider may be gone.
 *
 * @param uid of the ApprovalRequest
 * @param but the id of a prompt whose token is kept
 * @returns whether there was one
 */
export async function dropRedeemed(
  { memory }: Pick<Dependencies, 'memory'>,
  uid: string,
  but?: string,
): Promise<boolean> {
  const others = memory.promptsOf(uid).filter((prompt) => prompt !== but)
  const dropped = others.flatMap((prompt) => {
    const { progress, connection } = memory.recall({ uid, prompt })
    if (progress?.kind !== 'Redeemed') return []
    memory.remember({ uid, prompt }, { progress: undefined, connection: undefined })
    return [{ connection, accessToken: progress.response.accessToken }]
  })
  await Promise.all(dropped.map(async ({ connection, accessToken }) => connection?.revoke(accessToken)))
  return dropped.length > 0
}
