/** Who is inside, who stands in line, and who is called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from '../../../src/runtime/places.ts'

function twoOf(): { readonly places: Places; readonly called: string[] } {
  const called: string[] = []
  return { places: new Places({ most: 2, call: (key) => void called.push(key) }), called }
}

test('a group that is full keeps nobody out of another', () => {
  const { places } = twoOf()
  assert.deepEqual(
    ['a/1', 'a/2', 'a/3'].map((key) => places.take('slow', key)),
    [true, true, false],
  )
  assert.equal(places.take('quick', 'a/4'), true)
})

test('who leaves makes room for one that waits, which is called once and finds its place', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4']) places.take('slow', key)
  places.leave('a/1')
  assert.deepEqual(called, ['a/3'])
  assert.equal(places.take('slow', 'a/5'), false, 'the place is that of who was called')
  assert.equal(places.take('slow', 'a/3'), true)
})

test('who was called and does not want the place any more gives it to the next', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4']) places.take('slow', key)
  places.leave('a/1')
  places.leave('a/3')
  assert.deepEqual(called, ['a/3', 'a/4'])
})

test('who leaves the line is not called', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4']) places.take('slow', key)
  places.leave('a/3')
  places.leave('a/1')
  assert.deepEqual(called, ['a/4'])
})

test('in line namespaces take turns', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b/1']) places.take('slow', key)
  places.leave('a/1')
  places.leave('a/2')
  assert.deepEqual(called, ['a/3', 'b/1'])
})

test('asking again changes nothing, inside and in line', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/1', 'a/2', 'a/2', 'a/3', 'a/3']) places.take('slow', key)
  places.leave('a/1')
  places.leave('a/2')
  assert.deepEqual(called, ['a/3'])
})

test('who goes to another group leaves the first', () => {
  const { places, called } = twoOf()
  for (const key of ['a/1', 'a/2', 'a/3']) places.take('slow', key)
  assert.equal(places.take('quick', 'a/1'), true)
  assert.deepEqual(called, ['a/3'])
})
