import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWaitingLines } from '../../../../../src/controllers/approval-request/limits/waiting-lines.ts'
import type { WaitingLines } from '../../../../../src/controllers/approval-request/limits/waiting-lines.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'

const named = (name: string, second: number): ReturnType<typeof anApprovalRequest> =>
  anApprovalRequest().named(name, `uid-of-${name}`).createdAt(at(second))
const [old, middle, young] = [named('old', 1), named('middle', 2), named('young', 3)]

function aLine(): { readonly lines: WaitingLines; readonly woken: string[] } {
  const woken: string[] = []
  const lines = createWaitingLines((key) => woken.push(key))
  for (const request of [young, old, middle]) lines.join(['a'], request)
  return { lines, woken }
}

test('older requests are ahead, in whatever order they came', () => {
  const { lines } = aLine()
  assert.deepEqual(
    [old, middle, young].map((request) => lines.ahead('a', request)),
    [0, 1, 2],
  )
  assert.equal(lines.ahead('a', named('newest', 9)), 3)
  assert.equal(lines.ahead('b', young), 0)
})

test('the first is woken, and no other', () => {
  const { lines, woken } = aLine()
  lines.wakeFirst('a')
  lines.wakeFirst('b')
  assert.deepEqual(woken, ['demo/old'])
})

test('who leaves wakes the first of those that stay', () => {
  const { lines, woken } = aLine()
  lines.leave('uid-of-old')
  lines.leave('uid-of-old')
  lines.leave('uid-of-middle')
  lines.leave('uid-of-young')
  assert.deepEqual(woken, ['demo/middle', 'demo/young'])
})

test('who joins another line leaves the first, and who joins again changes nothing', () => {
  const { lines, woken } = aLine()
  lines.join(['a'], old)
  assert.deepEqual(woken, [])
  lines.join(['b'], old)
  assert.deepEqual(woken, ['demo/middle'])
  assert.deepEqual([lines.ahead('a', middle), lines.ahead('b', middle)], [0, 1])
})

test('of two that were created in one second the uid decides, the same each time', () => {
  const lines = createWaitingLines(() => undefined)
  const [a, b] = [named('a', 1), named('b', 1)]
  lines.join(['line'], b)
  lines.join(['line'], a)
  assert.deepEqual([lines.ahead('line', a), lines.ahead('line', b)], [0, 1])
})

test('who waits in several lines is first by its age in each, and leaves all of them at once', () => {
  const woken: string[] = []
  const lines = createWaitingLines((key) => woken.push(key))
  lines.join(['a'], middle)
  lines.join(['b'], young)
  lines.join(['a', 'b'], old)
  assert.deepEqual([lines.ahead('a', middle), lines.ahead('b', young)], [1, 1])
  lines.wakeFirst('b')
  assert.deepEqual(woken, ['demo/old'])
  lines.leave('uid-of-old')
  assert.deepEqual(woken, ['demo/old', 'demo/middle', 'demo/young'])
  assert.deepEqual([lines.ahead('a', middle), lines.ahead('b', young)], [0, 0])
})
