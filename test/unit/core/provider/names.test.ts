import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeInWords, comparisonOf, hasValue, shown } from '../../../../src/core/provider/names.ts'

for (const [claim, want] of [
  ['email', 'IgnoreCase'],
  ['preferred_username', 'IgnoreCase'],
  ['upn', 'IgnoreCase'],
  ['unique_name', 'IgnoreCase'],
  ['sub', 'Exact'],
  ['oid', 'Exact'],
  ['https://company.com/login', 'Exact'],
  ['toString', 'Exact'],
] as const)
  test(`${claim} is compared by ${want}`, () => {
    assert.equal(comparisonOf(claim), want)
  })

for (const [code, want] of [
  ['access_denied', 'access_denied'],
  ['E0000011', 'E0000011'],
  ['urn:company:error/locked-1.2', 'urn:company:error/locked-1.2'],
  ['user is locked', '"user is locked"'],
  ['user,locked', '"user,locked"'],
  ['locked!', '"locked!"'],
  ['', '""'],
  ['x'.repeat(101), `"${'x'.repeat(100)}…"`],
] as const)
  test(`a code stands in a sentence as ${want.slice(0, 30)}`, () => {
    assert.equal(codeInWords(code), want)
  })

for (const [received, expected, isSame] of [
  ['Alice', 'alice', true],
  ['ALICE@Company.COM', 'alice@company.com', true],
  ['alice', 'ALICE', true],
  ['alice ', 'alice', false],
  ['alic\u0435', 'alice', false],
  // The Kelvin sign becomes k, and a dotted capital I two characters, where Unicode has its way.
  ['\u212Aate', 'kate', false],
  ['\u0130da', 'i\u0307da', false],
  ['\u017Fam', 'sam', false],
  // Beyond ASCII nothing is folded.
  ['\u00C9lodie', '\u00E9lodie', false],
  ['\u00E9lodie', '\u00E9lodie', true],
  ['e\u0301lodie', '\u00E9lodie', false],
  [undefined, 'undefined', false],
  [['alice'], 'alice', false],
  [{ toString: () => 'alice' }, 'alice', false],
] as const)
  test(`${JSON.stringify(received)} is ${isSame ? '' : 'not '}${JSON.stringify(expected)} in other letters`, () => {
    assert.equal(hasValue(received, expected, 'IgnoreCase'), isSame)
    assert.equal(hasValue(received, expected, 'Exact'), received === expected)
    assert.equal(hasValue(received, expected), received === expected)
  })

for (const [value, want] of [
  ['Bob', '"Bob"'],
  ['a\nb\u001b[31m\u202e', '"a\\u{a}b\\u{1b}[31m\\u{202e}"'],
  ['alic\u0435', '"alic\\u{435}"'],
  ['x'.repeat(101), `"${'x'.repeat(100)}…"`],
  ['', '""'],
  [undefined, 'absent'],
  [null, 'null'],
  [7, '7'],
  [['bob'], '["bob"]'],
  [['a', 'b', 'c', 'd'], '["a", "b", "c", …]'],
  [[7], 'no text'],
  [{ bob: 1 }, 'no text'],
] as const)
  test(`${JSON.stringify(value)} is shown as ${want}`, () => {
    assert.equal(shown(value), want)
  })
