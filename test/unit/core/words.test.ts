import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abbreviated, inWords } from '../../../src/core/words.ts'

for (const [items, want] of [
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd'], 'a, b, c and 1 more'],
  [['a', 'x'.repeat(501), 'c'], 'a and 2 more'],
  [['x'.repeat(501)], 'x'.repeat(501)],
] as const)
  test(`a list of ${items.length} in words: ${want.slice(0, 20)}`, () => {
    assert.equal(inWords(items), want)
  })

test('a list has the joint and the bound that it is given', () => {
  assert.equal(inWords(['a', 'b', 'c'], 'or', { most: 1 }), 'a or 2 more')
})

test('a long text ends where its room does, and says so', () => {
  assert.equal(abbreviated('as it is', 8), 'as it is')
  assert.equal(abbreviated('as it was', 5), 'as it…')
})
