/** Cookies as encrypted JWTs (RFC 7516, RFC 7519): only who has the key ring reads or makes one, and each one lapses. */
import { hkdfSync } from 'node:crypto'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { CookieSealer } from '../core/ports/sealing.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { KeyRing } from './key-ring.ts'

/** The newest key of the ring makes them, all open them: replicas with the same ring know the same people. */
export function createCookieSealer(ring: KeyRing, clock: Clock): CookieSealer {
  const keys = new Map([...ring.keys].map(([kid, key]) => [kid, cookieKey(key)] as const))
  return {
    seal: (purpose, payload, lifeSeconds) =>
      new EncryptJWT({ payload })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: ring.newest, typ: purpose })
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + lifeSeconds)
        .encrypt(keyOf(keys, ring.newest)),
    open: (purpose, sealed) => open(keys, { purpose, sealed, now: clock.now() }),
  }
}

type Keys = ReadonlyMap<string, Uint8Array>
type Opening = { readonly purpose: string; readonly sealed: string; readonly now: Date }

/** A key of its own (RFC 5869), so that a cookie is never taken for another thing that the ring has sealed. */
function cookieKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'countersign/cookie/v1', 32))
}

async function open(keys: Keys, { purpose, sealed, now }: Opening): Promise<unknown> {
  try {
    const { payload } = await jwtDecrypt(sealed, ({ kid }) => keyOf(keys, kid), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
      typ: purpose,
      currentDate: now,
    })
    return payload.payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function keyOf(keys: Keys, kid: string | undefined): Uint8Array {
  const key = keys.get(kid ?? '')
  if (key === undefined) throw new errors.JWEDecryptionFailed()
  return key
}
