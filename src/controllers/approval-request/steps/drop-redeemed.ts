/** A token that is not delivered opens nothing: it is revoked where it came from (RFC 7009). */
import type { Dependencies } from '../dependencies.ts'

/**
 * Revokes the tokens that were redeemed for a request and are not stored yet, if this process holds any; each by the connection that
 * it came by, since its IdentityProvider may be gone.
 *
 * @param uid of the ApprovalRequest
 * @param isDropped of which prompts, by their ids; of all if absent
 * @returns whether there was one
 */
export async function dropRedeemed(
  { memory }: Pick<Dependencies, 'memory'>,
  uid: string,
  isDropped: (prompt: string) => boolean = () => true,
): Promise<boolean> {
  const dropped = memory
    .promptsOf(uid)
    .filter(isDropped)
    .flatMap((prompt) => {
      const { progress, connection } = memory.recall({ uid, prompt })
      if (progress?.kind !== 'Redeemed') return []
      memory.remember({ uid, prompt }, { progress: undefined, connection: undefined })
      return [{ connection, accessToken: progress.response.accessToken }]
    })
  await Promise.all(dropped.map(async ({ connection, accessToken }) => connection?.revoke(accessToken)))
  return dropped.length > 0
}
