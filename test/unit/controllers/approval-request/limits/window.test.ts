import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWindow } from '../../../../../src/controllers/approval-request/limits/window.ts'

test('what lasts is counted until its moment, in all and by group', () => {
  const window = createWindow()
  window.set('1', 'demo', 10)
  window.set('2', 'demo', 20)
  window.set('3', 'dev', 30)
  assert.deepEqual([window.count(9), window.count(9, 'demo'), window.count(9, 'other')], [3, 2, 0])
  assert.deepEqual(
    [window.endsMs(9), window.endsMs(9, 'demo')],
    [
      [10, 20, 30],
      [10, 20],
    ],
  )
  assert.deepEqual([window.count(10), window.count(10, 'demo')], [2, 1])
  assert.equal(window.count(30), 0)
})

test('one that is set again counts once, and one that is deleted not at all', () => {
  const window = createWindow()
  window.set('1', 'demo', 10)
  window.set('1', 'demo', 40)
  window.set('2', 'demo', 20)
  window.delete('2')
  window.delete('3')
  assert.deepEqual(window.endsMs(0), [40])
  assert.equal(window.count(39, 'demo'), 1)
})
