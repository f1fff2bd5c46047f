/** What an answer is bound to. Agent, gate and resource server can compute it again; the form carries a version. */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { ApprovalRequest } from '../../api/objects.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `sha256:<hex>` over the RFC 8785 form of the question's typed fields. Absent fields are left out. */
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

function canonicalForm({ metadata, spec }: ApprovalRequest): string {
  const form = canonicalize({
    v: 1,
    namespace: metadata.namespace,
    requester: { username: spec.requester.username },
    action: spec.action,
    target: spec.target,
    environment: spec.environment,
    parameters: spec.parameters,
    adjustable: spec.adjustable,
    token: spec.token && { scopes: spec.token.scopes, audience: spec.token.audience },
  })
  return form ?? ''
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
