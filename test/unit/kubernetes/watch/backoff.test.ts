import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBackoff } from '../../../../src/kubernetes/watch/backoff.ts'

test('pauses double up to a limit, and begin again after a reset', () => {
  const backoff = createBackoff(() => 0)
  const pauses = Array.from({ length: 8 }, () => backoff.next())
  assert.deepEqual(pauses, [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
  backoff.reset()
  assert.equal(backoff.next(), 800)
})

test('chance adds at most as much again', () => {
  assert.equal(createBackoff(() => 0.5).next(), 1200)
})
