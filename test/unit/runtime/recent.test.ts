import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recent } from '../../../src/runtime/recent.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../support/fakes/clocks/clock.ts'

function aRecent(): { readonly clock: ManualClock; readonly recent: Recent<number> } {
  const clock = manualClock()
  return { clock, recent: new Recent<number>({ clock, keptMs: 1000, most: 3 }) }
}

test('what was set is there until it is too old', () => {
  const { clock, recent } = aRecent()
  recent.set('a', 1)
  clock.advance(0.999)
  assert.equal(recent.get('a'), 1)
  clock.advance(0.001)
  assert.equal(recent.get('a'), undefined)
})

test('what is set again is young again', () => {
  const { clock, recent } = aRecent()
  recent.set('a', 1)
  clock.advance(0.9)
  recent.set('a', 2)
  clock.advance(0.9)
  assert.equal(recent.get('a'), 2)
})

test('nothing is left of what nobody sets any more', () => {
  const { clock, recent } = aRecent()
  for (const name of ['a', 'b', 'c']) recent.set(name, 1)
  clock.advance(1)
  recent.set('d', 1)
  assert.equal(recent.size, 1)
})

test('the oldest makes room', () => {
  const { recent } = aRecent()
  for (const name of ['a', 'b', 'c', 'd']) recent.set(name, 1)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => recent.get(name)),
    [undefined, 1, 1, 1],
  )
})

test('names that are made up keep no more than there is room for', () => {
  const { recent } = aRecent()
  for (let made = 0; made < 1000; made += 1) recent.set(`made-up-${made}`, made)
  assert.equal(recent.size, 3)
})

test('what is deleted is gone', () => {
  const { recent } = aRecent()
  recent.set('a', 1)
  recent.delete('a')
  assert.equal(recent.get('a'), undefined)
})
