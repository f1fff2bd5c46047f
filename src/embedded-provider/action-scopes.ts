/** Scopes that name an action, such as `action:promote-rollout`, and the claims that they become. */
import { isActionScope } from '../core/action/action-scopes.ts'

/** The claims that granted scopes stand for; no prefix may occur twice (`hasContradiction`). */
export function claimsOf(scopes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(scopes.filter(isActionScope).map(claimOf))
}

/** Two values for one claim: nobody could say which of them a person approved. */
export function hasContradiction(scopes: readonly string[]): boolean {
  const named = scopes.filter(isActionScope)
  return named.length !== Object.keys(claimsOf(named)).length
}

function claimOf(scope: string): readonly [string, string] {
  const separator = scope.indexOf(':')
  return [scope.slice(0, separator), scope.slice(separator + 1)]
}
