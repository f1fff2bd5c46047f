/** Cookies as encrypted JWTs (RFC 7516, RFC 7519): nobody outside the process reads or makes one, and each one lapses. */
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { CookieSealer } from '../core/ports/sealing.ts'
import type { Clock } from '../core/ports/surroundings.ts'

/** `key` is 32 bytes. With a key of its own, a process forgets everyone at its end. */
export function createCookieSealer(key: Uint8Array, clock: Clock): CookieSealer {
  return {
    seal: (purpose, payload, lifeSeconds) =>
      new EncryptJWT({ payload })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: purpose })
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + lifeSeconds)
        .encrypt(key),
    open: (purpose, sealed) => open(key, { purpose, sealed, now: clock.now() }),
  }
}

type Opening = { readonly purpose: string; readonly sealed: string; readonly now: Date }

async function open(key: Uint8Array, { purpose, sealed, now }: Opening): Promise<unknown> {
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
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
