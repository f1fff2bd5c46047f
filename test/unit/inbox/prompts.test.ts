import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPrompts } from '../../../src/inbox/prompts.ts'
import type { PendingPrompt, Prompts } from '../../../src/inbox/prompts.ts'
import { manualClock, t } from '../../support/clock.ts'

test('a prompt is found by its object until it lapses', () => {
  const { prompts, clock } = thePrompts()
  prompts.add(aPrompt('a', { expiresAt: t(10) }))
  clock.advance(9)
  assert.equal(prompts.find(ref('a'))?.state.kind, 'Waiting')
  clock.advance(1)
  assert.equal(prompts.find(ref('a')), undefined)
  assert.deepEqual(prompts.list(), [])
})

test('another object of the same name has no prompt', () => {
  const { prompts } = thePrompts()
  prompts.add(aPrompt('a'))
  assert.equal(prompts.find({ ...ref('a'), uid: 'other' }), undefined)
})

test('a newer prompt replaces the older one', () => {
  const { prompts } = thePrompts()
  const older = aPrompt('a')
  prompts.add(older)
  assert.equal(prompts.add(aPrompt('a', { bearer: 'newer' })), 'Added')
  assert.equal(prompts.find(ref('a'))?.bearer, 'newer')
  assert.equal(prompts.claim(older), false)
})

test('a full store keeps what is open', () => {
  const { prompts, clock } = thePrompts()
  for (const name of ['a', 'b']) assert.equal(prompts.add(aPrompt(name, { expiresAt: t(10) })), 'Added')
  assert.equal(prompts.add(aPrompt('c')), 'Full')
  assert.equal(prompts.add(aPrompt('b')), 'Added')
  clock.advance(10)
  assert.equal(prompts.add(aPrompt('c')), 'Added')
})

test('only one caller may answer', () => {
  const { prompts } = thePrompts()
  const prompt = aPrompt('a')
  prompts.add(prompt)
  assert.deepEqual([prompts.claim(prompt), prompts.claim(prompt)], [true, false])
})

test('an answer that nobody confirmed may be given again', () => {
  const { prompts } = thePrompts()
  const prompt = aPrompt('a')
  prompts.add(prompt)
  prompts.claim(prompt)
  prompts.settle(prompt, { kind: 'Waiting' })
  assert.equal(prompts.claim(prompt), true)
})

test('a confirmed answer stays', () => {
  const { prompts } = thePrompts()
  const prompt = aPrompt('a')
  prompts.add(prompt)
  prompts.claim(prompt)
  prompts.settle(prompt, { kind: 'Answered', decision: 'deny', at: t(1) })
  assert.equal(prompts.find(ref('a'))?.state.kind, 'Answered')
  assert.equal(prompts.claim(prompt), false)
})

test('what became of an older prompt says nothing of the newer one', () => {
  const { prompts } = thePrompts()
  const older = aPrompt('a')
  prompts.add(older)
  prompts.claim(older)
  prompts.add(aPrompt('a', { bearer: 'newer' }))
  prompts.settle(older, { kind: 'Answered', decision: 'approve', at: t(1) })
  assert.equal(prompts.find(ref('a'))?.state.kind, 'Waiting')
})

function thePrompts(): { prompts: Prompts; clock: ReturnType<typeof manualClock> } {
  const clock = manualClock()
  return { clock, prompts: createPrompts({ clock, limit: 2 }) }
}

function ref(name: string): PendingPrompt['ref'] {
  return { namespace: 'demo', name, uid: `uid-of-${name}` }
}

function aPrompt(name: string, changes: Partial<PendingPrompt> = {}): PendingPrompt {
  return { ref: ref(name), digest: 'd', loginHint: 'alice', bearer: 'older', expiresAt: t(60), ...changes }
}
