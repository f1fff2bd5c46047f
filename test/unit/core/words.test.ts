import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../../../src/core/condition.ts'
import { abbreviated, beginningOf, inWords } from '../../../src/core/words.ts'

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

test('no text ends in half of a character: what is written is what the API server stores', () => {
  assert.equal(beginningOf('ab🚀', 4), 'ab🚀')
  assert.equal(beginningOf('ab🚀', 3), 'ab')
  for (let room = 1; room < 9; room += 1) assert.ok(abbreviated('🚀🚀🚀🚀🚀', room).isWellFormed())
  const before = { apiVersion: 'v1', kind: 'Any', metadata: { name: 'any' } }
  const said = { type: 'Ready', status: 'False', reason: 'DiscoveryFailed' } as const
  const message = `${'x'.repeat(1023)}🚀`
  assert.equal(conditionOf(before, { ...said, message }, new Date(0)).message, 'x'.repeat(1023))
})

test('a long text ends where its room does, and says so', () => {
  assert.equal(abbreviated('as it is', 8), 'as it is')
  assert.equal(abbreviated('as it was', 5), 'as it…')
})
