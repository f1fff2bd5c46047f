/** A token that was stored for a request which ended otherwise: a process was killed after W3, before it could write W4. */
import type { ApprovalRequest } from '../../../api/objects.ts'
import { deliversToken } from '../../../core/answer/delivery.ts'
import { hasChanged } from '../../../core/request/provider-change.ts'
import { wasTaken } from '../../../core/prompt/prompt.ts'
import { connect } from '../connect.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { deleteTokenOf } from './delete-token.ts'

/** What dropping a stored token takes. */
export type DroppingStored = Connecting &
  Pick<Dependencies, 'secrets'> & { readonly caches: Pick<Dependencies['caches'], 'providers'> }

/**
 * Deletes the token's Secret, if there is one of this request, and revokes the token, if its IdentityProvider is still the one that
 * granted it.
 *
 * @param request one whose status does not say that the token was delivered
 */
export async function dropStored(dependencies: DroppingStored, request: ApprovalRequest): Promise<void> {
  const { effective } = request.status ?? {}
  if (effective === undefined || !wasTaken(request) || !deliversToken(request)) return
  const accessToken = await deleteTokenOf(dependencies, request)
  const provider = dependencies.caches.providers.get({ name: effective.identityProvider })
  if (accessToken === undefined || provider === undefined || hasChanged(provider, effective)) return
  const connected = await connect(dependencies, provider, effective)
  if (connected.kind === 'Connected') await connected.connection.revoke(accessToken)
}
