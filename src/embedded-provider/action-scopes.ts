/** Scopes that name an action, such as `action:promote-rollout`, and the claims that they become. */
import { actionScopePrefixes } from '../api/names.ts'

/** Whether a scope has one of the prefixes that name an action, and a value. */
export function isActionScope(scope: string): boolean {
  return claimOf(scope) !== undefined
}

/** The claims that granted scopes stand for; no prefix may occur twice (`hasContradiction`). */
export function claimsOf(scopes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(scopes.map(claimOf).filter((claim) => claim !== undefined))
}

/** Two values for one claim: nobody could say which of them a person approved. */
export function hasContradiction(scopes: readonly string[]): boolean {
  const named = scopes.filter(isActionScope)
  return named.length !== Object.keys(claimsOf(named)).length
}

function claimOf(scope: string): readonly [string, string] | undefined {
  const separator = scope.indexOf(':')
  const name = actionScopePrefixes.find((prefix) => prefix === scope.slice(0, separator))
  const value = scope.slice(separator + 1)
  return name === undefined || value === '' ? undefined : [name, value]
}
