/** Cookies as encrypted JWTs (RFC 7516, RFC 7519): only who has the key ring reads or makes one, and each one expires. */
import { hkdfSync } from 'node:crypto'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { CookieSealer } from '../core/ports/sealing.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { LiveKeyRing } from './live-key-ring.ts'

/** The newest key of the ring makes them, all open them: replicas with the same ring know the same people. */
export function createCookieSealer(ring: LiveKeyRing, clock: Clock): CookieSealer {
  return {
    async seal(purpose, payload, lifeSeconds) {
      const { newest, keys } = await ring.recent()
      return new EncryptJWT({ payload })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest, typ: purpose })
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + lifeSeconds)
        .encrypt(cookieKey(keys.get(newest)))
    },
    open: (purpose, sealed) => open(ring, { purpose, sealed, now: clock.now() }),
  }
}

type Opening = { readonly purpose: string; readonly sealed: string; readonly now: Date }

/** A key of its own (RFC 5869), so that a cookie is never taken for another thing that the ring has sealed. */
function cookieKey(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) throw new errors.JWEDecryptionFailed()
  return new Uint8Array(hkdfSync('sha256', key, '', 'countersign/cookie/v1', 32))
}

async function open(ring: LiveKeyRing, { purpose, sealed, now }: Opening): Promise<unknown> {
  try {
    const { payload } = await jwtDecrypt(
      sealed,
      async ({ kid }) => cookieKey(kid === undefined ? undefined : await ring.find(kid)),
      {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['exp'],
        typ: purpose,
        currentDate: now,
      },
    )
    return payload.payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
