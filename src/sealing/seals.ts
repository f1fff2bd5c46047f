/**
 * Seals: JWE compact, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5, §5.3). The protected header names what a seal belongs
 * to, so that a seal copied to another object does not open there.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { DerivedBinding, SealBinding, Sealer, Unsealed } from '../core/ports/sealing.ts'
import { decryptCompact, encryptCompact, headerOf } from './jwe.ts'
import type { JweHeader } from './jwe.ts'
import { KeyRingError } from './key-ring.ts'
import type { KeyRing } from './key-ring.ts'
import type { LiveKeyRing } from './live-key-ring.ts'

const sealVersion = 1

/**
 * Seals and opens with the keys of a ring: JWE `dir`, A256GCM, with the binding as additional data (RFC 7516 §5).
 * @throws KeyRingError from `ready` if the ring cannot be read
 */
export function sealerWith(ring: LiveKeyRing): Sealer {
  return {
    get kid() {
      return ring.current.newest
    },
    async ready() {
      await ring.recent()
      const fault = ring.fault()
      if (fault !== undefined) throw new KeyRingError(fault)
    },
    async meet(kid) {
      await ring.find(kid)
    },
    derive: (binding, kid) => derive(ring.current, binding, kid),
    proves: (proof, binding, kid) => isSameText(proof, derive(ring.current, binding, kid)),
    seal: (binding, payload) => seal(ring, binding, payload),
    open: (binding, text) => open(ring, binding, text),
  }
}

async function seal(ring: LiveKeyRing, binding: SealBinding, payload: unknown): Promise<string> {
  const { newest, keys } = await ring.recent()
  const key = keys.get(newest)
  if (key === undefined) throw new TypeError('a key ring names its newest key')
  return encryptCompact({ kid: newest, v: sealVersion, ...binding }, JSON.stringify(payload), key)
}

/** HMAC under a key of its own (RFC 5869), since the ring's keys encrypt. */
function derive({ keys }: KeyRing, binding: DerivedBinding, kid: string): string | undefined {
  const key = keys.get(kid)
  if (key === undefined) return undefined
  const macKey = hkdfSync('sha256', key, '', `countersign/${binding.purpose}/v${sealVersion}`, 32)
  return createHmac('sha256', new Uint8Array(macKey))
    .update(JSON.stringify(partsOf(binding)))
    .digest('base64url')
}

function partsOf(binding: DerivedBinding): readonly unknown[] {
  if (binding.purpose === 'bypass') return [binding.uid, binding.gate]
  return [binding.uid, binding.prompt, binding.attempt]
}

function isSameText(given: string, expected: string | undefined): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected ?? '')]
  return expected !== undefined && a.length === b.length && timingSafeEqual(a, b)
}

async function open(ring: LiveKeyRing, binding: SealBinding, text: string): Promise<Unsealed> {
  const kid = headerOf(text)?.kid
  const key = typeof kid === 'string' ? await ring.find(kid) : undefined
  if (key === undefined) return { kind: 'UnknownKey' }
  const opened = decryptCompact(text, key)
  if (opened === undefined || !belongsTo(opened.header, binding)) return { kind: 'Broken' }
  return { kind: 'Opened', payload: JSON.parse(opened.text) as unknown }
}

function belongsTo(header: JweHeader, binding: SealBinding): boolean {
  return header.v === sealVersion && Object.entries(binding).every(([name, value]) => header[name] === value)
}
