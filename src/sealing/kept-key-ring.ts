/** What becomes of a key ring in memory when its Secret is read again: taken over, kept although the Secret is spoilt, or written back. */
import type { Secret } from '../api/objects.ts'
import type { ObjectKey, Resource } from '../core/ports/cluster.ts'
import type { Log } from '../core/ports/surroundings.ts'
import { KeyRingError, keyRingIn, secretOf } from './key-ring.ts'
import type { KeyRing } from './key-ring.ts'

/** `fault`: why the keys would not survive this process; undefined if they would. */
export type KeptRing = { readonly ring: KeyRing; readonly fault: string | undefined }

/** Where a key ring is kept: the Secret of this name, or nothing that can be written. */
export type Keeping = {
  readonly secrets: Pick<Resource<Secret>, 'create'>
  readonly key: Required<ObjectKey>
  readonly log: Log
}

/** The Secret was deleted: it is made again from the keys that this process holds, and whoever else runs finds them there. */
export async function writeBack(ring: KeyRing, { secrets, key, log }: Keeping): Promise<KeptRing> {
  const written = await secrets.create(secretOf(key, ring))
  if (written.kind === 'Refused') {
    const fault = `Secret ${key.namespace}/${key.name} was deleted and cannot be written back: ${written.message}`
    return { ring, fault }
  }
  if (written.kind === 'Applied')
    log.error('the operator’s keys were deleted, and are written back', { secret: key.name })
  // Otherwise another process was faster; the next reading shows what it wrote.
  return { ring, fault: undefined }
}

/** The Secret is there: its keys count, if it holds any. */
export function take(secret: Secret, before: KeyRing, log: Log): KeptRing {
  const ring = ringIn(secret)
  if (ring instanceof KeyRingError) return { ring: before, fault: ring.message }
  if (before.newest !== ring.newest) log.info('another key seals', { kid: ring.newest })
  if (![...before.keys.keys()].some((kid) => ring.keys.has(kid)))
    log.error('all of the operator’s keys were replaced, what they sealed is lost', {
      secret: secret.metadata.name,
    })
  return { ring, fault: undefined }
}

function ringIn(secret: Secret): KeyRing | KeyRingError {
  try {
    return keyRingIn(secret)
  } catch (error) {
    if (error instanceof KeyRingError) return error
    throw error
  }
}
