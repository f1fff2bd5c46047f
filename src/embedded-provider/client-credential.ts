/** How a client of the embedded provider proves itself (OpenID Connect Core §9), as its entry in the file says. */
import type { ClientMetadata, JWK } from 'oidc-provider'
import type { Fields } from './fields.ts'

/** How a client authenticates, as the file says it; only public keys. */
export type ClientCredential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly keys: readonly JWK[] }

/**
 * Reads a client's credential; `client_secret_basic` is the default.
 * @throws DirectoryError that names the field; a private key in `jwks` is refused like any unknown field
 */
export function credentialFrom(fields: Fields): ClientCredential {
  const methods = /^(client_secret_basic|client_secret_post|private_key_jwt)$/
  const method = fields.optionalText('token_endpoint_auth_method', methods)
  if (method === 'private_key_jwt') {
    const jwks = fields.object('jwks')
    const keys = jwks.objects('keys').map(publicKeyFrom)
    jwks.nothingElse()
    return { method, keys }
  }
  const secret = fields.text('client_secret', /^[!-~]{8,256}$/)
  return { method: method === 'client_secret_post' ? method : 'client_secret_basic', secret }
}

/** The credential as oidc-provider's client metadata (OpenID Connect Registration §2). */
export function credentialMetadata(credential: ClientCredential): Partial<ClientMetadata> {
  return credential.method === 'private_key_jwt'
    ? { token_endpoint_auth_method: credential.method, jwks: { keys: [...credential.keys] } }
    : { token_endpoint_auth_method: credential.method, client_secret: credential.secret }
}

type Member = 'crv' | 'x' | 'y' | 'n' | 'e'

/** RFC 7518 §6.2.1, §6.3.1; RFC 8037 §2. */
const publicMembers: Readonly<Record<string, readonly Member[]>> = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
}

function publicKeyFrom(fields: Fields): JWK {
  const kty = fields.text('kty', /^(EC|OKP|RSA)$/)
  const key: JWK = { kty }
  for (const member of publicMembers[kty] ?? []) key[member] = fields.text(member, /^[\w-]{1,2048}$/)
  for (const label of ['kid', 'alg', 'use'] as const) {
    const value = fields.optionalText(label, /^[!-~]{1,128}$/)
    if (value !== undefined) key[label] = value
  }
  fields.nothingElse()
  return key
}
