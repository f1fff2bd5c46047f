/** What a token is valid for, by the terms under which it was asked for. */
import type { EffectiveTerms } from '../../api/objects.ts'

/**
 * Whether the token names the action and its target: the provider was asked to sign them into it, by scopes or by
 * authorization_details, and a grant without them is refused. Otherwise the token is valid for whatever its scopes and audience open.
 */
export function tokenNamesAction({
  authorizationDetails,
  scopes,
}: Pick<EffectiveTerms, 'authorizationDetails' | 'scopes'>): boolean {
  return authorizationDetails === 'Supported' || scopes.some((scope) => scope.startsWith('digest:sha256:'))
}
