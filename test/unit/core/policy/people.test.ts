/** The people that an annotation names; what is no list of names is not guessed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peopleIn } from '../../../../src/core/policy/people.ts'

const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => `p${String(index)}`).join(',')

for (const [name, value, want] of [
  ['a user name', 'alice', ['alice']],
  ['an e-mail address', 'alice@company.com', ['alice@company.com']],
  ['Git’s form, by both parts', 'Alice A. <alice@company.com>', ['Alice A.', 'alice@company.com']],
  ['an address in brackets alone', '<alice@company.com>', ['alice@company.com']],
  ['several, by commas, semicolons and lines', ' a, b;c\nd ,', ['a', 'b', 'c', 'd']],
  ['one person once', 'a,a', ['a']],
  ['16 people', many(16), many(16).split(',')],
  ['nobody of nothing', '', undefined],
  ['nobody of separators', ' ,;\n', undefined],
  ['nobody of 17 people', many(17), undefined],
  ['nobody of a name of 254 characters', 'x'.repeat(254), undefined],
  ['nobody of a value that is longer than its names may be', ' '.repeat(5000), undefined],
  ['nobody of control characters', 'al\u0007ice', undefined],
  ['nobody of invisible characters', 'al\u200bice', undefined],
] as const)
  test(`an annotation names ${name}`, () => {
    assert.deepEqual(peopleIn(value), want)
  })
