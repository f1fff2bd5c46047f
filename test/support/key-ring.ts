import { randomBytes } from 'node:crypto'
import type { KeyRing } from '../../src/sealing/key-ring.ts'

/** A ring with one key that no other ring has. */
export function aRing(): KeyRing {
  return { newest: 'k1', keys: new Map([['k1', randomBytes(32)]]) }
}
