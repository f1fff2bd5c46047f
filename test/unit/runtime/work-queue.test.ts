import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/runtime/clock.ts'
import { WorkQueue } from '../../../src/runtime/work-queue.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'
import type { FakeClock } from '../../support/fakes/clocks/fake-clock.ts'

test('keys come out in the order in which they went in', async () => {
  const queue = new WorkQueue(systemClock)
  for (const key of ['a', 'b', 'c']) queue.add(key)
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], ['a', 'b', 'c'])
})

test('a key waits once, however often it is added', async () => {
  const queue = new WorkQueue(systemClock)
  for (const key of ['a', 'b', 'a']) queue.add(key)
  assert.equal(queue.depth, 2)
  assert.deepEqual([await queue.get(), await queue.get()], ['a', 'b'])
  assert.equal(queue.depth, 0)
})

test('a key that is worked on waits until it is done', async () => {
  const queue = new WorkQueue(systemClock)
  queue.add('a')
  await queue.get()
  queue.add('a')
  queue.add('a')
  assert.equal(queue.depth, 0)
  queue.done('a')
  assert.equal(queue.depth, 1)
  assert.equal(await queue.get(), 'a')
  queue.done('a')
  assert.equal(queue.depth, 0)
})

test('a worker that waits gets the key at once', async () => {
  const queue = new WorkQueue(systemClock)
  const [first, second] = [queue.get(), queue.get()]
  queue.add('a')
  queue.add('a')
  queue.add('b')
  assert.deepEqual([await first, await second], ['a', 'b'])
})

test('pauses double with every failure, up to a limit, and begin again', (t) => {
  const { queue, clock } = aQueue(t)
  const pausesMs = Array.from({ length: 20 }, () => pauseOf(queue, clock))
  assert.deepEqual(pausesMs.slice(0, 4), [5, 10, 20, 40])
  assert.deepEqual(pausesMs.slice(17), [655_360, 1_000_000, 1_000_000])
  queue.forget('a')
  assert.equal(pauseOf(queue, clock), 5)
})

test('a pass that begins drops the appointment of its key', async (t) => {
  const { queue, clock } = aQueue(t)
  queue.addAfter('a', 50)
  queue.add('a')
  assert.equal(await queue.get(), 'a')
  assert.equal(queue.scheduled, 0)
  queue.addAfter('a', 100)
  queue.done('a')
  clock.pass(99)
  assert.equal(queue.depth, 0)
  clock.pass(1)
  assert.equal(queue.depth, 1)
})

test('an appointment at a moment of the wall clock is kept', (t) => {
  const { queue, clock } = aQueue(t)
  queue.addAt('a', new Date(clock.now().getTime() + 5000))
  clock.pass(5000)
  assert.equal(queue.depth, 0)
  clock.pass(1)
  assert.equal(queue.depth, 1)
})

test('what a Date has lost after its last millisecond makes no appointment early', (t) => {
  const timers = fakeClock(t)
  let fraction = 0.9
  const queue = new WorkQueue({ now: () => timers.now(), monotonicMs: () => timers.monotonicMs() + fraction })
  const at = new Date(timers.now().getTime() + 5000)
  timers.pass(1)
  fraction = 0.1
  queue.addAt('a', at)
  timers.pass(4999)
  assert.equal(queue.depth, 0)
  timers.pass(1)
  assert.equal(queue.depth, 1)
})

test('what is paused takes nothing, and is resumed with what exists', async (t) => {
  const { queue, clock } = aQueue(t)
  queue.pause()
  for (let count = 0; count < 1000; count += 1) queue.add(`demo/gone-${count}`)
  queue.addAfter('demo/later', 10)
  queue.addRateLimited('demo/failed')
  clock.pass(100)
  assert.deepEqual([queue.depth, queue.scheduled], [0, 0])
  queue.resume(['demo/a', 'demo/b'])
  assert.equal(queue.depth, 2)
  assert.deepEqual([await queue.get(), await queue.get()], ['demo/a', 'demo/b'])
})

test('shutDown sends waiting workers home and takes nothing more', async (t) => {
  const { queue, clock } = aQueue(t)
  const waiting = queue.get()
  queue.addAfter('a', 10)
  queue.shutDown()
  queue.add('b')
  clock.pass(100)
  assert.deepEqual([await waiting, await queue.get()], [undefined, undefined])
  assert.equal(queue.depth + queue.scheduled, 0)
})

function aQueue(t: TestContext): { queue: WorkQueue; clock: FakeClock } {
  const clock = fakeClock(t)
  return { clock, queue: new WorkQueue(clock, { random: () => 0 }) }
}

/** Fails a pass of `a`, and measures until it waits again. */
function pauseOf(queue: WorkQueue, clock: FakeClock): number {
  const startMs = clock.monotonicMs()
  queue.addRateLimited('a')
  while (queue.depth === 0) clock.pass(5)
  void queue.get()
  queue.done('a')
  return clock.monotonicMs() - startMs
}

test('the observer is told of each wait and each work', async (t) => {
  const told: unknown[] = []
  const clock = fakeClock(t)
  const queue = new WorkQueue(clock, {
    observer: {
      onAdded: () => told.push('added'),
      onTaken: (seconds) => told.push(['taken', seconds]),
      onDone: (seconds) => told.push(['done', seconds]),
      onRetry: () => told.push('retry'),
    },
  })
  queue.add('a')
  queue.add('a')
  clock.pass(2000)
  await queue.get()
  assert.equal(queue.active, 1)
  clock.pass(3000)
  queue.addRateLimited('a')
  queue.done('a')
  assert.equal(queue.active, 0)
  assert.deepEqual(told, ['added', ['taken', 2], 'retry', ['done', 3]])
  queue.shutDown()
})
