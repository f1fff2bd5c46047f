/** The body of a channel request, checked. Keycloak puts the additional parameters next to its own, so does the embedded provider. */
import { approvalDigestParameter, approvalRequestParameter } from '../../api/names.ts'
import { refFrom } from '../../core/prompt/reference.ts'
import type { PromptRef } from '../../core/prompt/reference.ts'

/** One prompt as the provider describes it: which request, its digest, and whom it is for. */
export type ChannelRequest = {
  readonly ref: PromptRef
  readonly digest: string
  readonly loginHint: string
  /** RFC 9396, where the provider hands them on. */
  readonly authorizationDetails?: readonly Readonly<Record<string, unknown>>[]
}

/** `field` is the one that is missing or malformed. */
export type ParsedChannelRequest =
  | { readonly kind: 'Parsed'; readonly request: ChannelRequest }
  | { readonly kind: 'Malformed'; readonly field: string }

const digestPattern = /^sha256:[0-9a-f]{64}$/
const longestHint = 253

/** Parses Keycloak's JSON for its authentication channel. @param body the parsed JSON; undefined if it was none */
export function parseChannelRequest(body: unknown): ParsedChannelRequest {
  if (typeof body !== 'object' || body === null) return { kind: 'Malformed', field: 'the body' }
  const fields = body as Readonly<Record<string, unknown>>
  const loginHint = fields.login_hint
  if (typeof loginHint !== 'string' || loginHint === '' || loginHint.length > longestHint)
    return { kind: 'Malformed', field: 'login_hint' }
  const ref = refFrom(fields[approvalRequestParameter])
  if (ref === undefined) return { kind: 'Malformed', field: approvalRequestParameter }
  const digest = fields[approvalDigestParameter]
  if (typeof digest !== 'string' || !digestPattern.test(digest))
    return { kind: 'Malformed', field: approvalDigestParameter }
  const { authorization_details: details } = fields
  if (details === undefined) return { kind: 'Parsed', request: { ref, digest, loginHint } }
  if (!isListOfObjects(details)) return { kind: 'Malformed', field: 'authorization_details' }
  return { kind: 'Parsed', request: { ref, digest, loginHint, authorizationDetails: details } }
}

function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'object' && element !== null)
}
