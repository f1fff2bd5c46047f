/** Whether a form was sent by a page of ours, on behalf of the session that it was made for. */
import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Rejects a form of another site. Fetch Metadata says so where browsers send it. Our pages send no referrer, and browsers then
 * send `Origin: null`, so only another origin's name counts against a request; the token in the form decides in any case.
 */
export function isFromOurPage(headers: Headers, publicUrl: URL): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = headers.get('origin')
  return origin === null || origin === 'null' || origin === publicUrl.origin
}

/**
 * Compares the form's token with the session's in constant time.
 * @param given the field as it was sent: a text, a file, or nothing
 */
export function isSameToken(expected: string, given: unknown): boolean {
  return typeof given === 'string' && timingSafeEqual(hash(expected), hash(given))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
