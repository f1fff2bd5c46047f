import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeOnSignal } from '../../../src/runtime/shutdown.ts'

test('a signal closes everything in order, whatever fails', async () => {
  const story: string[] = []
  const closed = closeOnSignal({
    onSignal: (signal) => story.push(signal),
    onError: (name, error) => story.push(`${name}: ${String(error)}`),
    closers: [
      { name: 'a', close: () => Promise.resolve(story.push('a closed')) },
      { name: 'b', close: () => Promise.reject(new Error('stuck')) },
      { name: 'c', close: () => Promise.resolve(story.push('c closed')) },
    ],
  })
  process.kill(process.pid, 'SIGTERM')
  await closed
  assert.deepEqual(story, ['SIGTERM', 'a closed', 'b: Error: stuck', 'c closed'])
  assert.equal(process.listenerCount('SIGTERM'), 0)
})
