import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptedAlgorithms, signatureAlgorithms } from '../../../../src/core/provider/algorithms.ts'

for (const [name, allowed, listed, want] of [
  ['what is allowed, where nothing is listed', ['ES256', 'RS256'], undefined, ['ES256', 'RS256']],
  ['what is allowed and listed', ['ES256', 'RS256'], ['RS256', 'PS256'], ['RS256']],
  ['nothing, where nothing allowed is listed', ['ES256'], ['RS256'], []],
  ['nothing, where the list is empty', ['ES256'], [], []],
  [
    'nothing that needs no key of the provider',
    ['HS256', 'none', 'ES256'],
    ['HS256', 'none', 'ES256'],
    ['ES256'],
  ],
  ['nothing of another case', ['ES256'], ['es256'], []],
  ['both names of one algorithm', ['EdDSA'], undefined, ['EdDSA', 'Ed25519']],
  ['one name where the other is listed', ['Ed25519'], ['EdDSA'], ['Ed25519', 'EdDSA']],
] as const)
  test(`accepted is ${name}`, () => {
    assert.deepEqual(acceptedAlgorithms(allowed, listed), want)
  })

test('every algorithm can be accepted', () => {
  assert.deepEqual(acceptedAlgorithms(signatureAlgorithms, signatureAlgorithms), signatureAlgorithms)
})
