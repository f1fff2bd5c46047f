import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../../../../src/controllers/approval-request/memory.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const written = anApprovalRequest().pending()
const backoff = { kind: 'Backoff', until: t(5), failures: 1 } as const
const held = { kind: 'Held', until: t(5) } as const

test('what was remembered is recalled, each part by itself', () => {
  const memory = createMemory()
  memory.remember('a', { progress: held })
  memory.remember('a', { written })
  memory.remember('b', { progress: backoff })
  assert.deepEqual(memory.recall('a'), { progress: held, written })
  assert.deepEqual(memory.recall('c'), {})
  memory.remember('a', { progress: undefined })
  assert.equal(memory.recall('a').progress, undefined)
  assert.equal(memory.recall('a').written, written)
})

test('what was forgotten is not recalled', () => {
  const memory = createMemory()
  memory.remember('a', { progress: held, written })
  memory.forget('a')
  assert.deepEqual(memory.recall('a'), {})
})

test('retryNow ends a backoff and nothing else', () => {
  const memory = createMemory()
  memory.remember('a', { progress: backoff, written })
  memory.remember('b', { progress: held })
  for (const uid of ['a', 'b', 'c']) memory.retryNow(uid)
  assert.deepEqual(memory.recall('a'), { written })
  assert.deepEqual(memory.recall('b'), { progress: held })
  assert.deepEqual(memory.recall('c'), {})
})

test('retryNow leaves a pause that the provider named', () => {
  const memory = createMemory()
  const progress = { ...backoff, isOrdered: true } as const
  memory.remember('a', { progress })
  memory.retryNow('a')
  assert.deepEqual(memory.recall('a'), { progress })
})
