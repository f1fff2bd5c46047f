/** The operator's keys: a Secret that the controller creates once in its own namespace. The newest key seals, all open. */
import { randomBytes } from 'node:crypto'
import type { Secret } from '../api/objects.ts'
import type { ObjectKey, Resource } from '../core/ports/cluster.ts'

/** Keys of 32 bytes by their ids. The newest, whose id sorts last, seals; all of them open. */
export type KeyRing = { readonly newest: string; readonly keys: ReadonlyMap<string, Uint8Array> }

const keyBytes = 32

/** The Secret cannot be read or created, or holds something else than keys. A program that starts ends with it. */
export class KeyRingError extends Error {
  readonly code = 'ERR_KEY_RING'
}

/**
 * Reads the key ring, or creates it with one key. Several replicas may do so at once: the first one's key counts.
 * @throws KeyRingError if the Secret can neither be read nor created, or holds something else than keys of 32 bytes
 */
export async function loadKeyRing(secrets: Resource<Secret>, key: Required<ObjectKey>): Promise<KeyRing> {
  const existing = await secrets.get(key)
  if (existing !== undefined) return keyRingIn(existing)
  const created = await secrets.create(newKeyRing(key))
  if (created.kind === 'Applied') return keyRingIn(created.object)
  if (created.kind === 'Refused') {
    throw new KeyRingError(
      `cannot create Secret ${key.namespace}/${key.name} for the operator's keys: ${created.message}`,
    )
  }
  const other = await secrets.get(key)
  if (other === undefined)
    throw new KeyRingError(`Secret ${key.namespace}/${key.name} was deleted while it was read`)
  return keyRingIn(other)
}

function newKeyRing(key: Required<ObjectKey>): Secret {
  const newest = `k${Date.now()}`
  return secretOf(key, { newest, keys: new Map([[newest, randomBytes(keyBytes)]]) })
}

/** The Secret that holds these keys. */
export function secretOf({ namespace, name }: Required<ObjectKey>, { keys }: KeyRing): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name, labels: { 'app.kubernetes.io/managed-by': 'countersign' } },
    type: 'Opaque',
    data: Object.fromEntries([...keys].map(([kid, key]) => [kid, Buffer.from(key).toString('base64')])),
  }
}

/** @throws KeyRingError if the Secret holds something else than keys of 32 bytes */
export function keyRingIn({ metadata, data = {} }: Secret): KeyRing {
  const keys = new Map(Object.entries(data).map(([kid, key]) => [kid, Buffer.from(key, 'base64')] as const))
  const newest = [...keys.keys()].toSorted().at(-1)
  if (newest === undefined || [...keys.values()].some((key) => key.length !== keyBytes)) {
    throw new KeyRingError(
      `Secret ${metadata.namespace ?? ''}/${metadata.name} must hold one or more keys of ${keyBytes} bytes. Delete it: a process that still runs writes its keys back, and without one a new key is made, which loses every open prompt`,
    )
  }
  return { newest, keys }
}
