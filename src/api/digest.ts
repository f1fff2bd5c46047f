/** What an answer is bound to. Agent, gate and resource server can compute it again; the form carries a version. */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { ApprovalRequest } from './objects.ts'
import { signedPartOf } from './signed-fields.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `sha256:<hex>` over the RFC 8785 form of the namespace and the request's signed fields (signed-fields.ts). Absent fields are left out. */
export function digestOf(request: ApprovalRequest): string {
  return request.abridged?.digest ?? `sha256:${sha256(canonicalForm(request)).toString('hex')}`
}

/** Six Crockford characters of sha256(uid ‖ digest), for example `K7Q-3XP`. */
export function codeOf(request: ApprovalRequest): string {
  const bits = sha256(`${request.metadata.uid ?? ''}${digestOf(request)}`).readUInt32BE(0)
  const characters = [25, 20, 15, 10, 5, 0]
    .map((shift) => crockford.charAt((bits >>> (shift + 2)) & 31))
    .join('')
  return `${characters.slice(0, 3)}-${characters.slice(3)}`
}

/** Lower-case hex of SHA-256, to recognise a token without keeping it. */
export function fingerprint(text: string): string {
  return sha256(text).toString('hex')
}

function canonicalForm(request: ApprovalRequest): string {
  const form = canonicalize({ v: 1, namespace: request.metadata.namespace, ...signedPartOf(request) })
  return form ?? ''
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
