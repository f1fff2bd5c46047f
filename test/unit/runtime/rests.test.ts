/** How often something is done that is wanted all the time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withRests } from '../../../src/runtime/rests.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

test('what is wanted all the time is done at once, and then once after each rest', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const done: string[] = []
  let now = 0
  const clock = { ...systemClock, monotonicMs: () => now }
  const want = withRests({ clock, restMs: 5000, run: (name) => void done.push(name) })
  const pass = (ms: number): void => {
    now += ms
    t.mock.timers.tick(ms)
  }
  for (let second = 0; second < 10; second++) {
    for (let times = 0; times < 100; times++) want('loud')
    pass(1000)
  }
  assert.deepEqual(done, ['loud', 'loud', 'loud'])
  want('quiet')
  assert.equal(done.at(-1), 'quiet', 'another name does not rest')
  pass(60_000)
  done.length = 0
  want('loud')
  assert.deepEqual(done, ['loud'], 'after a rest in which it was not wanted it is done at once')
})
