import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { decryptCompact, encryptCompact, headerOf } from '../../../src/sealing/jwe.ts'

const key = randomBytes(32)
const header = { kid: 'k1', v: 1, purpose: 'handle' }
const whole = { alg: 'dir', enc: 'A256GCM', ...header }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

for (const text of ['', 'an id', JSON.stringify({ list: [1, 'ü', null] }), 'x'.repeat(100_000)])
  test(`jose reads what is encrypted here, and the other way round: ${text.length} characters`, async () => {
    const here = encryptCompact(header, text, key)
    const { plaintext, protectedHeader } = await compactDecrypt(here, key)
    assert.deepEqual([new TextDecoder().decode(plaintext), { ...protectedHeader }], [text, whole])
    const there = await new CompactEncrypt(bytes(text)).setProtectedHeader(whole).encrypt(key)
    assert.deepEqual(decryptCompact(there, key), { header: whole, text })
    // Text for text but for nonce, encrypted text and tag.
    assert.deepEqual(here.split('.').slice(0, 2), there.split('.').slice(0, 2))
    assert.deepEqual(here.split('.').map(length), there.split('.').map(length))
  })

test('a compressed JWE is not opened', async () => {
  const jwe = await new CompactEncrypt(bytes('text'))
    .setProtectedHeader({ ...whole, zip: 'DEF' })
    .encrypt(key)
  assert.equal(decryptCompact(jwe, key), undefined)
})

for (const [name, change] of [
  ['with extensions that must be understood', { crit: ['exp'], exp: 1 }],
  ['of another algorithm', { alg: 'A256KW' }],
  ['of another encryption', { enc: 'A192GCM' }],
] as const)
  test(`a JWE ${name} is not opened, though the key made it`, () => {
    assert.equal(decryptCompact(encryptedUnder({ ...whole, ...change }, 16), key), undefined)
    assert.notEqual(decryptCompact(encryptedUnder(whole, 16), key), undefined)
  })

for (const length of [4, 8, 12, 13, 15])
  test(`a tag cut to ${length} bytes proves nothing`, () => {
    assert.equal(decryptCompact(encryptedUnder(whole, length), key), undefined)
  })

test('another key opens nothing', () => {
  assert.equal(decryptCompact(encryptCompact(header, 'text', key), randomBytes(32)), undefined)
})

for (const jwe of [
  '',
  'a',
  'a..b.c',
  'e30.key.e30.e30.e30',
  'bnVsbA..e30.e30.e30',
  'e30..e30.e30.e30\n',
  'e..a.a.a',
])
  test(`what is no JWE has no text: ${JSON.stringify(jwe)}`, () => {
    assert.equal(decryptCompact(jwe, key), undefined)
    assert.equal(headerOf(jwe)?.kid, undefined)
  })

function length({ length: characters }: string): number {
  return characters
}

/** As RFC 7516 says, with whatever header and with a tag of so many bytes. */
function encryptedUnder(protectedHeader: object, tagBytes: number): string {
  const nonce = randomBytes(12)
  const first = Buffer.from(JSON.stringify(protectedHeader)).toString('base64url')
  const encryption = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(first))
  const encrypted = Buffer.concat([encryption.update('text'), encryption.final()])
  const tag = encryption.getAuthTag().subarray(0, tagBytes)
  return [first, '', ...[nonce, encrypted, tag].map((part) => part.toString('base64url'))].join('.')
}
