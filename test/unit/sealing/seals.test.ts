import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CompactEncrypt } from 'jose'
import fc from 'fast-check'
import type { AttemptBinding } from '../../../src/core/ports/sealing.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { unchanging } from '../../support/builders/key-ring.ts'

const [key, olderKey] = [randomBytes(32), randomBytes(32)]
const ring = {
  newest: 'k2',
  keys: new Map([
    ['k1', olderKey],
    ['k2', key],
  ]),
}
const sealer = sealerWith(unchanging(ring))
const older = sealerWith(unchanging({ newest: 'k1', keys: new Map([['k1', olderKey]]) }))
const stranger = sealerWith(unchanging({ newest: 'k2', keys: new Map([['k2', randomBytes(32)]]) }))
const binding: AttemptBinding = { purpose: 'handle', uid: 'a-uid', prompt: 'approver-1', attempt: 1 }
const payload = { authReqId: 'an id', list: [1, 'ü', null] }
const sealed = await sealer.seal(binding, payload)

test('what was sealed is opened', async () => {
  assert.deepEqual(await sealer.open(binding, sealed), { kind: 'Opened', payload })
})

test('a seal says nothing of what it holds', () => {
  const visible = sealed
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join('')
  assert.equal(visible.includes('an id') || visible.includes('authReqId'), false)
})

test('no two seals are alike', async () => {
  assert.notEqual(await sealer.seal(binding, payload), sealed)
})

test('an older key still opens, and the newest seals', async () => {
  assert.deepEqual(await sealer.open(binding, await older.seal(binding, payload)), {
    kind: 'Opened',
    payload,
  })
  assert.equal(sealer.kid, 'k2')
  assert.deepEqual(await older.open(binding, sealed), { kind: 'UnknownKey' })
})

for (const [name, other] of [
  ['purpose', { ...binding, purpose: 'token' }],
  ['object', { ...binding, uid: 'another-uid' }],
  ['prompt', { ...binding, prompt: 'approver-2' }],
  ['attempt', { ...binding, attempt: 2 }],
] as const)
  test(`a seal for another ${name} is broken`, async () => {
    assert.deepEqual(await sealer.open(other, sealed), { kind: 'Broken' })
  })

test('a seal by a strange key of the same name is broken', async () => {
  assert.deepEqual(await sealer.open(binding, await stranger.seal(binding, payload)), { kind: 'Broken' })
})

for (const [name, header, want] of [
  ['another version', { v: 2 }, 'Broken'],
  ['no version', { v: undefined }, 'Broken'],
  ['another encryption', { enc: 'A256CBC-HS512' }, 'Broken'],
  ['a key that the ring does not have', { kid: 'k9' }, 'UnknownKey'],
  ['no key', { kid: undefined }, 'UnknownKey'],
  ['a key that is no name', { kid: 2 }, 'UnknownKey'],
] as const)
  test(`a seal with ${name} is ${want}`, async () => {
    const honest = { alg: 'dir', enc: 'A256GCM', kid: 'k2', v: 1, ...binding }
    const wanted = JSON.parse(JSON.stringify({ ...honest, ...header })) as typeof honest
    const forged = await new CompactEncrypt(new TextEncoder().encode('{}'))
      .setProtectedHeader(wanted)
      .encrypt(wanted.enc === 'A256GCM' ? key : randomBytes(64))
    assert.deepEqual(await sealer.open(binding, forged), { kind: want })
  })

test('no part of a seal can be exchanged', async () => {
  const parts = sealed.split('.')
  const others = (await sealer.seal({ ...binding, attempt: 2 }, 'another')).split('.')
  for (const index of [0, 2, 3, 4]) {
    const mixed = parts.with(index, others[index] ?? '').join('.')
    assert.notEqual((await sealer.open({ ...binding, attempt: 2 }, mixed)).kind, 'Opened')
    assert.notEqual((await sealer.open(binding, mixed)).kind, 'Opened')
  }
})

test('a seal with any bit flipped does not open', async () => {
  const bytes = Buffer.from(sealed, 'latin1')
  for (let index = 0; index < bytes.length; index++)
    for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
      const flipped = Buffer.from(bytes)
      flipped[index] = (flipped[index] ?? 0) ^ bit
      const { kind } = await sealer.open(binding, flipped.toString('latin1'))
      // The last characters of a base64url part have bits that mean nothing.
      if (kind === 'Opened') assert.equal(decoded(flipped.toString('latin1')), decoded(sealed))
    }
})

function decoded(text: string): string {
  return text
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.')
}

for (const garbage of [
  '',
  '.',
  '....',
  'a.b.c.d.e',
  '{}',
  'null',
  'ü',
  '\u0000',
  sealed.slice(1),
  `${sealed}.x`,
  sealed.slice(0, -8),
])
  test(`garbage is no seal: ${JSON.stringify(garbage.slice(0, 12))}`, async () => {
    assert.match((await sealer.open(binding, garbage)).kind, /^(UnknownKey|Broken)$/)
  })

test('whatever is opened, nothing is thrown', async () => {
  const part = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(part, part, part, part, part).map((parts) => parts.join('.')),
  )
  await fc.assert(
    fc.asyncProperty(text, async (odd) => {
      assert.match((await sealer.open(binding, odd)).kind, /^(UnknownKey|Broken)$/)
    }),
    { numRuns: 500 },
  )
})

test('what is derived is the same each time, and for nothing else', () => {
  const jti = sealer.derive(binding, 'k2')
  assert.match(jti ?? '', /^[\w-]{43}$/)
  assert.equal(sealerWith(unchanging(ring)).derive(binding, 'k2'), jti)
  const others = [
    sealer.derive({ ...binding, purpose: 'token' }, 'k2'),
    sealer.derive({ ...binding, uid: 'another-uid' }, 'k2'),
    sealer.derive({ ...binding, prompt: 'approver-2' }, 'k2'),
    sealer.derive({ ...binding, attempt: 2 }, 'k2'),
    sealer.derive(binding, 'k1'),
    stranger.derive(binding, 'k2'),
    sealer.derive({ purpose: 'bypass', uid: binding.uid, gate: 'promote' }, 'k2'),
  ]
  assert.equal(new Set([...others, jti]).size, 8)
  assert.equal(sealer.derive(binding, 'k9'), undefined)
})

const crd = readFileSync(
  new URL('../../../crds/countersign.dev_approvalrequests.yaml', import.meta.url),
  'utf8',
)
// JSON writes six bytes for a control character.
const text = (length: number): string => '\u0001'.repeat(length)
const largestApprover = {
  ...{ issuer: text(512), subject: text(255), name: text(253), acr: text(255) },
  ...{ amr: Array.from({ length: 16 }, () => text(63)), authTime: '2026-11-23T09:22:31Z' },
  answeredAt: '2026-11-23T09:22:31Z',
}

/** @param indent that tells the fields of this name apart */
function longestSeal(indent: number): number {
  return Number(new RegExp(`\n {${indent}}seal:\n +type: string\n +maxLength: (\\d+)`).exec(crd)?.[1])
}

test('the largest decision fits into the field of its seal', async () => {
  const parameters = Object.fromEntries(
    Array.from({ length: 16 }, (_, i) => [`${'p'.repeat(61)}${i + 10}`, text(200)]),
  )
  const decision = {
    prompt: 'approver-16',
    approvers: Array.from({ length: 16 }, () => largestApprover),
    decidedAt: '2026-11-23T09:22:31Z',
    answeredAfter: '2026-11-23T09:22:31Z',
    parameters,
    authorizationDetails: [{ identifier: 'x'.repeat(384), digest: 'x'.repeat(71), parameters }],
    validUntil: '2026-11-23T09:32:31Z',
  }
  const seal = await sealer.seal({ ...binding, purpose: 'decision' }, decision)
  assert.ok(seal.length <= longestSeal(20), `${seal.length} of ${longestSeal(20)}`)
})

test('the largest of several answers fits into the field of its seal', async () => {
  const facts = { approver: largestApprover, answeredAfter: '2026-11-23T09:22:31Z' }
  const seal = await sealer.seal({ ...binding, purpose: 'answer' }, facts)
  assert.ok(seal.length <= longestSeal(26), `${seal.length} of ${longestSeal(26)}`)
})
