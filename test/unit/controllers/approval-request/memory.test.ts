import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { createMemory } from '../../../../src/controllers/approval-request/memory.ts'
import type { PromptKey } from '../../../../src/controllers/approval-request/memory.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const written = anApprovalRequest().pending()
const backoff = { kind: 'Backoff', until: t(5), failures: 1 } as const
const held = { kind: 'Held', until: t(5) } as const

function of(uid: string, prompt = 'approver-1'): PromptKey {
  return { uid, prompt }
}

test('what was remembered is recalled, each part by itself', () => {
  const memory = createMemory()
  const unwritten = { kind: 'NoTokenFound' } as const
  memory.remember(of('a'), { progress: held })
  memory.remember(of('a'), { unwritten })
  memory.remember(of('a', 'approver-2'), { progress: backoff })
  memory.rememberWritten('a', written)
  assert.deepEqual(memory.recall(of('a')), { progress: held, unwritten })
  assert.deepEqual(memory.recall(of('a', 'approver-2')), { progress: backoff })
  assert.deepEqual(memory.recall(of('c')), {})
  assert.deepEqual(memory.promptsOf('a'), ['approver-1', 'approver-2'])
  memory.remember(of('a'), { progress: undefined })
  assert.deepEqual(memory.recall(of('a')), { unwritten })
  memory.remember(of('a'), { unwritten: undefined })
  assert.deepEqual(memory.promptsOf('a'), ['approver-2'])
  assert.equal(memory.written('a'), written)
})

test('what was forgotten is not recalled', () => {
  const memory = createMemory()
  memory.remember(of('a'), { progress: held })
  memory.rememberWritten('a', written)
  memory.forget('a')
  assert.deepEqual([memory.recall(of('a')), memory.written('a')], [{}, undefined])
})

test('retryNow ends a backoff and nothing else', () => {
  const memory = createMemory()
  memory.remember(of('a'), { progress: backoff })
  memory.remember(of('a', 'approver-2'), { progress: backoff })
  memory.rememberWritten('a', written)
  memory.remember(of('b'), { progress: held })
  for (const uid of ['a', 'b', 'c']) memory.retryNow(uid)
  assert.deepEqual(memory.promptsOf('a'), [])
  assert.equal(memory.written('a'), written)
  assert.deepEqual(memory.recall(of('b')), { progress: held })
  assert.deepEqual(memory.recall(of('c')), {})
})

test('retryNow leaves a pause that the provider named', () => {
  const memory = createMemory()
  const progress = { ...backoff, isOrdered: true } as const
  memory.remember(of('a'), { progress })
  memory.retryNow('a')
  assert.deepEqual(memory.recall(of('a')), { progress })
})

function version(resourceVersion: string, uid = 'a'): ApprovalRequest {
  const { apiVersion, kind, metadata, spec } = written
  return { apiVersion, kind, spec, metadata: { ...metadata, uid, resourceVersion } }
}

test('what our own writes have replaced is known until the watch has caught up', () => {
  const memory = createMemory()
  memory.rememberReplaced(version('1'), version('2'))
  memory.rememberReplaced(version('2'), version('3'))
  const known = ['1', '2', '3', '4'].map((each) => memory.isReplaced(version(each)))
  assert.deepEqual(known, [true, true, false, false])
  assert.equal(memory.isReplaced(version('1', 'b')), false)
  memory.rememberWritten('a', undefined)
  assert.equal(memory.isReplaced(version('1')), false)
})

test('a version that was read says nothing of those before it', () => {
  const memory = createMemory()
  memory.rememberReplaced(version('1'), version('2'))
  memory.rememberWritten('a', version('7'))
  assert.deepEqual([memory.isReplaced(version('1')), memory.isReplaced(version('2'))], [false, false])
})

test('of many versions only the newest are known', () => {
  const memory = createMemory()
  for (let each = 1; each <= 100; each++)
    memory.rememberReplaced(version(String(each)), version(String(each + 1)))
  assert.deepEqual([memory.isReplaced(version('1')), memory.isReplaced(version('100'))], [false, true])
})
