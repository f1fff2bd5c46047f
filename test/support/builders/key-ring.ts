import { randomBytes } from 'node:crypto'
import type { KeyRing } from '../../../src/sealing/key-ring.ts'
import type { LiveKeyRing } from '../../../src/sealing/live-key-ring.ts'

/** A ring with one key that no other ring has. */
export function aRing(): KeyRing {
  return { newest: 'k1', keys: new Map([['k1', randomBytes(32)]]) }
}

/** A ring that stays as it is. */
export function unchanging(ring: KeyRing): LiveKeyRing {
  return {
    current: ring,
    recent: () => Promise.resolve(ring),
    find: (kid) => Promise.resolve(ring.keys.get(kid)),
    fault: () => undefined,
  }
}
