/** The private keys of clients, ready to sign. */
import { createHash } from 'node:crypto'
import { importJWK } from 'jose'
import type { CryptoKey } from 'jose'
import type { Clock } from '../../core/ports/surroundings.ts'
import { readClientJwk, unfit } from './jwk.ts'
import type { ClientJwk, ClientKeySource, UnfitKey } from './jwk.ts'
import { createMemory } from '../provider/cache.ts'

/** A private key that can sign and cannot be exported. */
export type ClientKey = Pick<ClientJwk, 'algorithm' | 'kid'> & {
  readonly kind: 'Imported'
  readonly key: CryptoKey
}

/** Imports a key. Never rejects: what is wrong with a key is for its owner to read. */
export type ClientKeys = (source: ClientKeySource) => Promise<ClientKey | UnfitKey>

const keptForSeconds = 600
const maximumKeys = 64

/**
 * Imports each key once for many requests, for ten minutes. It is found by its text, so that a rotated one counts with the
 * next request.
 */
export function createClientKeys(clock: Clock): ClientKeys {
  const memory = createMemory<ClientKey | UnfitKey>({
    clock,
    secondsFor: () => keptForSeconds,
    maximumEntries: maximumKeys,
  })
  return (source) => memory.recall(hashOf(source), () => importKey(source))
}

/** The text itself stays with the caller. */
function hashOf({ algorithm, jwk }: ClientKeySource): string {
  return createHash('sha256')
    .update(`${algorithm ?? 'default'} ${jwk}`)
    .digest('base64url')
}

const leastModulusBits = 2048

async function importKey(source: ClientKeySource): Promise<ClientKey | UnfitKey> {
  const read = readClientJwk(source)
  if (read.kind === 'Unfit') return read
  const { jwk, algorithm, kid } = read
  const key = await importJWK(jwk, algorithm).catch(() => undefined)
  if (key === undefined || key instanceof Uint8Array)
    return unfit('has members that are missing or do not belong together', 'Export it again, whole.')
  if (modulusBitsOf(key) < leastModulusBits)
    return unfit(`is shorter than ${leastModulusBits} bits`, 'Make a longer one (RFC 7518 §3.3).')
  return { kind: 'Imported', key, algorithm, kid }
}

/** Infinity for keys that are not RSA. */
function modulusBitsOf({ algorithm }: CryptoKey): number {
  return 'modulusLength' in algorithm ? Number(algorithm.modulusLength) : Infinity
}
