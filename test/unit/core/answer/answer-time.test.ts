import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerTime } from '../../../../src/core/answer/answer-time.ts'

const decidedAt = '2026-11-30T10:21:07Z'
const minutes = (moment: string): string => moment.slice(11, 16)

test('an answer that was received soon was given then', () => {
  assert.equal(answerTime({ decidedAt }), 'at 2026-11-30T10:21:07Z')
  assert.equal(answerTime({ decidedAt }, minutes), 'at 10:21')
})

test('of one that was received late it is said what is known', () => {
  const answeredAfter = '2026-11-30T10:05:50Z'
  assert.equal(answerTime({ answeredAfter, decidedAt }, minutes), 'between 10:05 and 10:21')
})
