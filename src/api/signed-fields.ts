/**
 * Every field of an ApprovalRequest's `spec`, and how an approval is bound to it. The digest, `authorization_details` and the action
 * scopes are made from this table; a field of the CRD that it lacks does not compile.
 */
import type { actionScopePrefixes } from './names.ts'
import type { ApprovalRequest, ApprovalRequestSpec } from './objects.ts'

/** What stands before the colon of an action scope. */
export type ActionScopePrefix = (typeof actionScopePrefixes)[number]

type Group = 'requester' | 'target' | 'token'

/** The path of a field in `spec`; the fields of a group are named one by one. */
export type SpecField =
  | Exclude<keyof ApprovalRequestSpec, Group>
  | { [G in Group]: `${G}.${keyof NonNullable<ApprovalRequestSpec[G]> & string}` }[Group]

type Signed = {
  /** The action scope that carries the value, where the provider learns the action by scopes. */
  readonly scope?: Exclude<ActionScopePrefix, 'namespace' | 'digest'>
  /** The member of the element of `authorization_details` that carries it; `identifier` takes several, in the table's order. */
  readonly detail?: 'actions' | 'identifier' | 'parameters'
}

/** `Unsigned`: what the requester says beside it, or what concerns nobody who relies on the approval. */
export const specFields: Readonly<Record<SpecField, Signed | 'Unsigned'>> = {
  'requester.username': {},
  'requester.uid': 'Unsigned',
  action: { scope: 'action', detail: 'actions' },
  'target.apiVersion': {},
  'target.kind': { scope: 'kind', detail: 'identifier' },
  'target.name': { scope: 'target', detail: 'identifier' },
  'target.revision': { scope: 'revision' },
  environment: { scope: 'environment' },
  summary: 'Unsigned',
  reason: 'Unsigned',
  evidence: 'Unsigned',
  parameters: { detail: 'parameters' },
  adjustable: {},
  requestedExpiry: 'Unsigned',
  'token.scopes': {},
  'token.audience': {},
  'token.delivery': 'Unsigned',
  ttlAfterFinished: 'Unsigned',
}

const signedFields = Object.entries(specFields).flatMap(([path, binding]) =>
  binding === 'Unsigned' ? [] : [{ path, ...binding }],
)

/** `spec` with its signed fields only. A group that is there stays, even if none of its signed fields is: no token is not an empty one. */
export function signedPartOf({ spec }: ApprovalRequest): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {}
  const groups: Record<string, Record<string, unknown>> = {}
  for (const { path } of signedFields) {
    const [name = path, field] = path.split('.')
    if (valueAt(spec, name) === undefined) continue
    if (field === undefined) fields[name] = valueAt(spec, name)
    else (groups[name] ??= {})[field] = valueAt(spec, path)
  }
  return { ...fields, ...groups }
}

/** What the action scopes carry, but for namespace and digest, which are in no field of `spec`. */
export function scopeValuesOf({ spec }: ApprovalRequest): ReadonlyMap<ActionScopePrefix, string> {
  return new Map(
    signedFields.flatMap(({ path, scope }) => {
      const value = valueAt(spec, path)
      return scope !== undefined && typeof value === 'string' ? [[scope, value] as const] : []
    }),
  )
}

/** What one member of the element of `authorization_details` carries, in the table's order. */
export function detailTextsOf(
  { spec }: ApprovalRequest,
  member: 'actions' | 'identifier',
): readonly string[] {
  return signedFields.flatMap(({ path, detail }) => {
    const value = valueAt(spec, path)
    return detail === member && typeof value === 'string' ? [value] : []
  })
}

function valueAt(spec: ApprovalRequestSpec, path: string): unknown {
  let value: unknown = spec
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
