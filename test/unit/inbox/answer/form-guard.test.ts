import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFromOurPage, isSameToken } from '../../../../src/inbox/answer/form-guard.ts'

const publicUrl = new URL('https://inbox.company.com')

for (const [name, headers, want] of [
  ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  ['an old browser without Fetch Metadata', { origin: 'https://inbox.company.com' }, true],
  ['an old browser that hides the origin', { origin: 'null' }, true],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }, false],
  ['another site', { 'sec-fetch-site': 'cross-site' }, false],
  ['nothing that a page of ours would be', { 'sec-fetch-site': 'none' }, false],
  ['another origin', { origin: 'https://evil.example' }, false],
] as const) {
  test(`a form from ${name} is ${want ? 'taken' : 'refused'}`, () => {
    assert.equal(isFromOurPage(new Headers(headers), publicUrl), want)
  })
}

test('tokens are the same or not, whatever was sent', () => {
  assert.equal(isSameToken('abc', 'abc'), true)
  for (const other of ['abd', '', undefined, ['abc'], new File([], 'abc')])
    assert.equal(isSameToken('abc', other), false)
})
