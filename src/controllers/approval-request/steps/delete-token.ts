import type { ApprovalRequest } from '../../../api/objects.ts'
import { belongsTo, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { keyOf } from '../../../core/object-key.ts'
import type { Dependencies } from '../dependencies.ts'

/**
 * Deletes the token's Secret, if it is this request's.
 *
 * @returns the access token that was in it
 */
export async function deleteTokenOf(
  { secrets }: Pick<Dependencies, 'secrets'>,
  request: ApprovalRequest,
): Promise<string | undefined> {
  const key = keyOf(tokenSecretOf(request))
  const secret = await secrets.get(key)
  if (secret === undefined || !belongsTo(secret, request)) return undefined
  await secrets.delete(key, { uid: secret.metadata.uid ?? '' })
  return Buffer.from(secret.data?.access_token ?? '', 'base64').toString()
}
