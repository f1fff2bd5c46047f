import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quotable, quotation, withoutSecrets } from '../../../../src/oidc/provider/quotable.ts'
import { aJwt } from '../../../support/builders/access-token.ts'

const secret = 's3cr3t/with+all sorts&of=them'
const random = 'ab12'.repeat(10)

for (const [name, text, want] of [
  ['a plain sentence', 'no such user', 'no such user'],
  ['letters of other languages', 'Ungültige Anfrage: 無効', 'Ungültige Anfrage: 無効'],
  ['several lines', ' one\r\n\ttwo ', 'one two'],
  ['what turns a line around', 'a\u202eb\u200b\u2066c', 'a b c'],
  ['a terminal’s escape', '\u001b[31mred', '[31mred'],
  ['piles of marks', `a${'\u0301'.repeat(50)}`, `a${'\u0301'.repeat(3)}`],
  ['quotation marks, which would end the quote', 'the "hint" is unknown', "the 'hint' is unknown"],
  ['markup', 'no <b onclick="x()">such</b> user<br/>', 'no such user'],
  ['more than 200 characters', 'x '.repeat(300), `${'x '.repeat(99)}x`],
  ['whole characters only', `x${'😀'.repeat(300)}`, `x${'😀'.repeat(99)}`],
  ['nothing', ' \n ', undefined],
  ['a secret', `client_secret ${secret} is wrong`, 'client_secret ... is wrong'],
  ['a secret in a URL', `?s=${encodeURIComponent(secret)}`, '?s=...'],
  ['a secret in a form', new URLSearchParams({ x: secret }).toString(), 'x=...'],
  ['nothing but a secret', secret, undefined],
  ['a secret that the cut would halve', `${'x '.repeat(95)}${secret}`, `${'x '.repeat(95)}...`],
  ['a JWT', `token ${aJwt({ sub: 'alice' })} has expired`, 'token ... has expired'],
  ['an Authorization header', 'got Authorization: Bearer abc.def~ghi-jkl', 'got Authorization: Bearer ...'],
  ['a member of a form', 'got password=hunter2&user=bob', 'got password=...&user=bob'],
  ['a long random text', `session ${random} is over`, 'session ... is over'],
  ['a UUID', 'trace 0f8fad5b-d9cb-469f-a165-70867728950e', 'trace 0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['a long word', `scope ${'promote'.repeat(6)} is unknown`, `scope ${'promote'.repeat(6)} is unknown`],
] as const)
  test(`of ${name} is quoted what may be`, () => {
    assert.equal(quotable(text, [secret, '']), want)
  })

test('a megabyte is read in no time', () => {
  const startedAt = performance.now()
  for (const text of ['<a', 'eyJ', 'token', 'bearer ', 'a1', '\u0301', '"', '\u0000'])
    quotable(text.repeat(1024 * 512), [secret])
  assert.ok(performance.now() - startedAt < 20_000)
})

test('a quotation is one, or nothing', () => {
  assert.equal(quotation('no such user'), ' ("no such user")')
  assert.equal(quotation(undefined), '')
})

test('a secret of a few letters, which protects nothing, is not taken out of words', () => {
  assert.equal(withoutSecrets('slow_down', ['s', 'low']), 'slow_down')
  assert.equal(withoutSecrets('slow_down', ['slow']), '..._down')
})
