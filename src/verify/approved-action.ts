/**
 * What a person approved, as an access token says it: in claims made of action scopes (a text, or at Keycloak a list with one text),
 * or in `authorization_details` (RFC 9396). Where a token has both, both must say the same.
 */
import { actionDetailType } from '../api/names.ts'
import { isObject } from '../core/json-object.ts'
import type { JsonObject } from '../core/json-object.ts'

/** The object that an action is for. */
export type Target = { readonly namespace: string; readonly kind: string; readonly name: string }

/** What the token names. Revision and digest are there only where the provider signs them. */
export type ApprovedAction = {
  readonly action: string
  readonly target: Target
  readonly revision?: string
  readonly digest?: string
  /** Of `authorization_details` only: the values that the person granted. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** Nothing is approved by a token that is Missing or Ambiguous. */
export type Reading =
  | { readonly kind: 'Approved'; readonly approved: ApprovedAction }
  | { readonly kind: 'Missing' | 'Ambiguous' }

const longestText = 512
const mostParameters = 16
const missing = { kind: 'Missing' } as const
const ambiguous = { kind: 'Ambiguous' } as const

/** Reads the claims of a token whose signature was verified. Never throws. */
export function approvedActionIn(claims: JsonObject): Reading {
  const byScopes = fromClaims(claims)
  const byDetails = fromDetails(claims.authorization_details)
  if (byScopes.kind === 'Ambiguous' || byDetails.kind === 'Ambiguous') return ambiguous
  if (byScopes.kind !== 'Approved') return byDetails
  if (byDetails.kind !== 'Approved') return byScopes
  return agree(byScopes.approved, byDetails.approved)
    ? { kind: 'Approved', approved: { ...byDetails.approved, ...byScopes.approved } }
    : ambiguous
}

function agree(one: ApprovedAction, other: ApprovedAction): boolean {
  return (
    one.action === other.action &&
    identifierOf(one.target) === identifierOf(other.target) &&
    (one.digest === undefined || one.digest === other.digest)
  )
}

const names = ['action', 'namespace', 'kind', 'target', 'revision', 'digest'] as const

/** A claim that is there and cannot be read is never taken for absent. */
function fromClaims(claims: JsonObject): Reading {
  const texts: Partial<Record<(typeof names)[number], string>> = {}
  for (const name of names) {
    const value = claims[name]
    if (value === undefined) continue
    const [text, ...others] = listIn(value) ?? [value]
    if (!isShortText(text) || others.length > 0) return ambiguous
    texts[name] = text
  }
  const { action, namespace, kind, target: name, revision, digest } = texts
  if (action === undefined || namespace === undefined || kind === undefined || name === undefined)
    return missing
  return {
    kind: 'Approved',
    approved: {
      action,
      target: { namespace, kind, name },
      ...(revision !== undefined && { revision }),
      ...(digest !== undefined && { digest }),
    },
  }
}

/** Elements of other types are not ours to judge; two of ours would be two approvals in one token. */
function fromDetails(details: unknown): Reading {
  if (details === undefined) return missing
  const list = listIn(details)
  if (list === undefined) return ambiguous
  const [element, ...others] = list.filter(isObject).filter(({ type }) => type === actionDetailType)
  if (element === undefined) return missing
  return others.length === 0 ? fromDetail(element) : ambiguous
}

function fromDetail({ actions, identifier, digest, parameters = {} }: JsonObject): Reading {
  const [action, ...others] = listIn(actions) ?? []
  const target = targetIn(identifier)
  if (!isShortText(action) || others.length > 0 || target === undefined) return ambiguous
  if (!isShortText(digest) || !areParameters(parameters)) return ambiguous
  return { kind: 'Approved', approved: { action, target, digest, parameters } }
}

/** `<namespace>/<kind>/<name>`: neither a namespace nor a kind has a slash. */
function targetIn(identifier: unknown): Target | undefined {
  if (!isShortText(identifier)) return undefined
  const [namespace = '', kind = '', ...rest] = identifier.split('/')
  const name = rest.join('/')
  return namespace !== '' && kind !== '' && name !== '' ? { namespace, kind, name } : undefined
}

function identifierOf({ namespace, kind, name }: Target): string {
  return JSON.stringify([namespace, kind, name])
}

function areParameters(value: unknown): value is Readonly<Record<string, string>> {
  if (!isObject(value)) return false
  const entries = Object.entries(value)
  return (
    entries.length <= mostParameters &&
    entries.flat().every((text) => typeof text === 'string' && text.length <= longestText)
  )
}

function listIn(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText
}
