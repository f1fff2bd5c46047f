import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sanitized } from '../../../../src/inbox/views/sanitized.ts'

for (const [name, given, want] of [
  ['plain text stays', 'Canary at 25 % for 30 minutes – fine.', 'Canary at 25 % for 30 minutes – fine.'],
  ['letters of other scripts stay', 'Größe 新版本 גרסה', 'Größe 新版本 גרסה'],
  ['accents stay, however composed', 'e\u0301 ệ', 'e\u0301 ệ'],
  ['emoji stay', 'done ⚠\uFE0F 🚀', 'done ⚠ 🚀'],
  ['markup is left to escaping', '<b>&', '<b>&'],
  ['a right-to-left override is shown', 'a\u202Eb', 'a⟨U+202E⟩b'],
  ['isolates and marks are shown', '\u2066a\u2069\u200F\u061C', '⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩⟨U+061C⟩'],
  [
    'zero-width characters are shown',
    'a\u200B\u200D\u2060\uFEFF\u00ADb',
    'a⟨U+200B⟩⟨U+200D⟩⟨U+2060⟩⟨U+FEFF⟩⟨U+00AD⟩b',
  ],
  ['control characters are shown', 'a\u0000\u001B[31m\u0007', 'a⟨U+0000⟩⟨U+001B⟩[31m⟨U+0007⟩'],
  ['tag characters are shown', 'a\u{E0041}', 'a⟨U+E0041⟩'],
  ['blank letters are shown', '\u3164\u2800\u115F', '⟨U+3164⟩⟨U+2800⟩⟨U+115F⟩'],
  ['private characters are shown', '\uE000', '⟨U+E000⟩'],
  ['half of a character is shown', 'a\uD800b', 'a⟨U+D800⟩b'],
  ['every space is a plain one', 'a\u00A0b\u3000c\td', 'a b c d'],
  ['every line end is the same', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  ['empty lines do not push the page away', 'a\n\n\n\n\nb', 'a\n\nb'],
  ['marks do not pile up', 'a' + '\u0300'.repeat(40), 'a\u0300\u0300\u0300'],
] as const) {
  test(name, () => {
    assert.equal(sanitized(given), want)
  })
}
