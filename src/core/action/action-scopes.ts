/** Scopes that name the action, so that a provider without `authorization_details` signs it into the token: `action:promote-rollout`. */
import { digestOf } from '../../api/digest.ts'
import { actionScopePrefixes } from '../../api/names.ts'
import type { ApprovalRequest } from '../../api/objects.ts'
import { scopeValuesOf } from '../../api/signed-fields.ts'

/** In the order of `actionScopePrefixes`; a field that the request lacks has none. */
export function actionScopesOf(request: ApprovalRequest): readonly string[] {
  const values = new Map([
    ...scopeValuesOf(request),
    ['namespace', request.metadata.namespace] as const,
    ['digest', digestOf(request)] as const,
  ])
  return actionScopePrefixes.flatMap((prefix) => {
    const value = values.get(prefix)
    return value === undefined ? [] : [`${prefix}:${value}`]
  })
}

/** Does this scope name the action, and is none that the request asks for itself? It has one of the prefixes, and a value. */
export function isActionScope(scope: string): boolean {
  return actionScopePrefixes.some((prefix) => scope.startsWith(`${prefix}:`) && scope !== `${prefix}:`)
}
