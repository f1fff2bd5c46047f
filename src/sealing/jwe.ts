/**
 * JWE compact serialization with `dir` and A256GCM (RFC 7516 §3.1, RFC 7518 §4.5, §5.3), by Node's own ciphers: what is sealed is a few
 * hundred bytes, which WebCrypto would hand to another thread and back.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const cipher = 'aes-256-gcm'
const algorithms = { alg: 'dir', enc: 'A256GCM' }
const [nonceBytes, authTagLength] = [12, 16]

/** The protected header of a JWE: as its maker wrote it. */
export type JweHeader = Readonly<Record<string, unknown>>

/**
 * Encrypts under a nonce of its own; the header is authenticated with the text.
 * @param header what stands in it besides `alg` and `enc`
 * @param key 32 bytes
 */
export function encryptCompact(header: JweHeader, text: string, key: Uint8Array): string {
  const protectedHeader = base64url(JSON.stringify({ ...algorithms, ...header }))
  const nonce = randomBytes(nonceBytes)
  const encryption = createCipheriv(cipher, key, nonce, { authTagLength })
  encryption.setAAD(Buffer.from(protectedHeader, 'latin1'))
  const encrypted = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()])
  const parts = [nonce, encrypted, encryption.getAuthTag()].map(base64url)
  return [protectedHeader, '', ...parts].join('.')
}

/** The header of what may be a JWE, which nothing proves; undefined for what has none. */
export function headerOf(jwe: string): JweHeader | undefined {
  const [protectedHeader] = partsOf(jwe) ?? []
  return protectedHeader === undefined ? undefined : parsedHeader(protectedHeader)
}

/**
 * What was encrypted with this key, and under which header.
 * @param key 32 bytes
 * @returns undefined for what is no JWE, has other algorithms or extensions, or was not encrypted so with this key
 */
export function decryptCompact(
  jwe: string,
  key: Uint8Array,
): { readonly header: JweHeader; readonly text: string } | undefined {
  const [protectedHeader = '', ...rest] = partsOf(jwe) ?? []
  const [nonce, encrypted, tag] = rest.map((part) => Buffer.from(part, 'base64url'))
  const header = parsedHeader(protectedHeader)
  if (header === undefined || nonce === undefined || encrypted === undefined || tag === undefined)
    return undefined
  if (nonce.length !== nonceBytes || tag.length !== authTagLength || !isPlain(header)) return undefined
  const decryption = createDecipheriv(cipher, key, nonce, { authTagLength })
  decryption.setAAD(Buffer.from(protectedHeader, 'latin1')).setAuthTag(tag)
  const bytes = decryption.update(encrypted)
  try {
    // Throws unless the tag proves the header and all that was encrypted.
    return { header, text: Buffer.concat([bytes, decryption.final()]).toString('utf8') }
  } catch {
    return undefined
  }
}

/** Header, nonce, encrypted text and tag. The second part, an encrypted key, is empty with `dir`. */
function partsOf(jwe: string): readonly string[] | undefined {
  const found = /^([\w-]+)\.\.([\w-]+)\.([\w-]*)\.([\w-]+)$/.exec(jwe)
  return found?.slice(1)
}

function parsedHeader(part: string): JweHeader | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? (parsed as JweHeader) : undefined
  } catch {
    return undefined
  }
}

/** Of these algorithms and without extensions: `crit` would ask for what nobody here knows, `zip` for inflating. */
function isPlain(header: JweHeader): boolean {
  const { alg, enc } = algorithms
  return header.alg === alg && header.enc === enc && header.crit === undefined && header.zip === undefined
}

function base64url(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url')
}
