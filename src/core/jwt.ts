/** What a JWT says (RFC 7519 §3), before anyone has checked whether that is true. Pure. */
import { jsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** @returns the claims of a signed JWT in its compact form; undefined for a text that is none */
export function unverifiedClaims(token: string): JsonObject | undefined {
  const [header = '', payload = '', signature, ...more] = token.split('.')
  if (signature === undefined || more.length > 0 || decoded(header) === undefined) return undefined
  return decoded(payload)
}

function decoded(part: string): JsonObject | undefined {
  return jsonObject(Buffer.from(part, 'base64url').toString())
}
