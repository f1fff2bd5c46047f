/** Whether a text is a private key (RFC 7517) that can sign what `private_key_jwt` needs. Pure. */
import type { JWK } from 'jose'
import type { ClientCredential } from '../../core/ports/provider.ts'
import { jsonObject, text } from '../../core/json-object.ts'
import type { JsonObject } from '../../core/json-object.ts'

/** The text that the client's Secret holds, and what the IdentityProvider says about it. */
export type ClientKeySource = Pick<Extract<ClientCredential, { kind: 'PrivateKey' }>, 'jwk' | 'algorithm'>

/** A key that can sign, as far as its text shows. */
export type ClientJwk = {
  readonly kind: 'Fit'
  /** What makes up the key, without what it says about itself. */
  readonly jwk: JWK
  /** The `alg` to sign with: a SigningAlgorithm, by RFC 9864 `Ed25519` if the key calls itself so. */
  readonly algorithm: string
  readonly kid: string | undefined
}

/**
 * A key that cannot sign: `fault` continues a sentence about the key, `remedy` says what to do; neither repeats anything that
 * stands in the key.
 */
export type UnfitKey = { readonly kind: 'Unfit'; readonly fault: string; readonly remedy: string }

/** An RSA key of 4096 bits takes 3.2 KB. */
const longestText = 16 * 1024

/** Reads the text alone; whether the members belong together shows when they are imported. */
export function readClientJwk({ jwk: source, algorithm: configured }: ClientKeySource): ClientJwk | UnfitKey {
  const members = source.length > longestText ? undefined : jsonObject(source)
  if (members === undefined || text(members.kty) === undefined)
    return unfit(
      'cannot be read',
      'Store one private key as a JWK, which is JSON: no PEM, and no set of keys.',
    )
  const algorithms = algorithmsFor(members)
  if (algorithms === undefined)
    return unfit(
      'is of a kind that cannot be used',
      'Make one of EC P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits or more.',
    )
  if (text(members.d) === undefined)
    return unfit('has no private part', 'Store the private JWK, which has a member d.')
  if (!isForSigning(members))
    return unfit('is not for signing, by its use or key_ops', 'Store one that is, or remove these members.')
  const own = text(members.alg)
  const algorithm = configured ?? own ?? algorithms[0]
  if (!algorithms.includes(algorithm) || !isSame(own ?? algorithm, algorithm))
    return unfit(
      `signs ${algorithms.join(' or ')}, but authentication.algorithm or its own alg asks for another`,
      'Change that one, or the key.',
    )
  return { kind: 'Fit', jwk: materialOf(members), algorithm, kid: text(members.kid) }
}

/** The first is the default. */
type Algorithms = readonly [string, ...string[]]

const edwards: Algorithms = ['EdDSA', 'Ed25519']
const elliptic: ReadonlyMap<unknown, Algorithms> = new Map([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
])

function algorithmsFor({ kty, crv }: JsonObject): Algorithms | undefined {
  if (kty === 'EC') return elliptic.get(crv)
  if (kty === 'OKP' && crv === 'Ed25519') return edwards
  if (kty === 'RSA') return ['PS256', 'RS256', 'PS384', 'PS512', 'RS384', 'RS512']
  return undefined
}

/** RFC 9864 §2.2: two names for one algorithm, where the curve is this one. */
function isSame(one: string, other: string): boolean {
  return one === other || (edwards.includes(one) && edwards.includes(other))
}

/** RFC 7517 §4.2, §4.3. */
function isForSigning({ use = 'sig', key_ops: operations = ['sign'] }: JsonObject): boolean {
  return use === 'sig' && Array.isArray(operations) && operations.includes('sign')
}

const material = ['kty', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi']

function materialOf(members: JsonObject): JWK {
  return Object.fromEntries(Object.entries(members).filter(([name]) => material.includes(name)))
}

/** Builds an `UnfitKey`, whose rules for both sentences hold. */
export function unfit(fault: string, remedy: string): UnfitKey {
  return { kind: 'Unfit', fault, remedy }
}
