import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { WorkQueue } from '../../../src/runtime/work-queue.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'
import type { FakeClock } from '../../support/fakes/clocks/fake-clock.ts'

test('what is due does not wait behind what is new', async (t) => {
  const { queue, clock } = aQueue(t)
  for (const key of ['new-1', 'new-2', 'new-3', 'new-4']) queue.add(key)
  const busy = [await queue.get(), await queue.get()]
  for (const [index, key] of ['due-1', 'due-2', 'due-3'].entries()) queue.addAfter(key, 1 + index)
  clock.pass(10)
  // Two work on what is new, so the next two go to what is due, and then they take turns.
  assert.deepEqual(
    [busy, await take(queue, 5)],
    [
      ['new-1', 'new-2'],
      ['due-1', 'due-2', 'new-3', 'due-3', 'new-4'],
    ],
  )
})

test('what is new is not kept out by what is due', async (t) => {
  const { queue, clock } = aQueue(t)
  for (let count = 0; count < 20; count += 1) queue.addAfter(`due-${count}`, 10)
  clock.pass(10)
  const held = await take(queue, 4)
  queue.add('new')
  assert.deepEqual([held.length, await queue.get()], [4, 'new'])
})

test('one worker takes turns between what is due and what is new', async (t) => {
  const { queue, clock } = aQueue(t)
  for (const key of ['new-1', 'new-2', 'new-3']) queue.add(key)
  for (const [index, key] of ['due-1', 'due-2', 'due-3'].entries()) queue.addAfter(key, 1 + index)
  clock.pass(10)
  assert.deepEqual(await drain(queue), ['due-1', 'new-1', 'due-2', 'new-2', 'due-3', 'new-3'])
})

test('a key that waits as new moves up once it is due', async (t) => {
  const { queue, clock } = aQueue(t)
  for (const key of ['a', 'b', 'c']) queue.add(key)
  queue.addAfter('c', 10)
  clock.pass(10)
  queue.add('c')
  assert.equal(queue.depth, 3)
  assert.deepEqual(await drain(queue), ['c', 'a', 'b'])
})

test('what is due while it is worked on is due afterwards', async (t) => {
  const { queue, clock } = aQueue(t)
  queue.add('pinged')
  assert.equal(await queue.get(), 'pinged')
  for (const key of ['new-1', 'new-2']) queue.add(key)
  queue.add('pinged')
  queue.addAfter('pinged', 0)
  clock.pass(1)
  queue.add('pinged')
  queue.done('pinged')
  assert.equal(await queue.get(), 'pinged')
})

test('of two namespaces each has every second turn, however much one of them adds', async (t) => {
  const { queue } = aQueue(t)
  for (let count = 0; count < 20_000; count += 1) queue.add(`loud/${count}`)
  for (const key of ['quiet/a', 'quiet/b']) queue.add(key)
  assert.deepEqual(await take(queue, 5), ['loud/0', 'quiet/a', 'loud/1', 'quiet/b', 'loud/2'])
})

test('what failed comes back among what is new', async (t) => {
  const { queue, clock } = aQueue(t)
  queue.addRateLimited('failed')
  clock.pass(5)
  queue.add('new')
  queue.addAfter('due', 10)
  clock.pass(10)
  assert.deepEqual(await drain(queue), ['due', 'failed', 'new'])
})

test('no key is lost, none is doubled, and the lane on which fewer work is next', async (t) => {
  const clock = fakeClock(t)
  const command = fc.record({
    kind: fc.constantFrom('add', 'due', 'get', 'done'),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 80, size: 'max' }), async (commands) => {
      const model = new Model(clock)
      for (const { kind, key } of commands) {
        if (kind === 'add') model.add(key)
        if (kind === 'due') model.come(key)
        if (kind === 'get' && model.queue.depth > 0) await model.take()
        if (kind === 'done') model.finish(key)
      }
      for (const key of [...model.working.keys()]) model.finish(key)
      while (model.queue.depth > 0) await model.take()
      assert.deepEqual([...model.waiting], [])
      model.queue.shutDown()
    }),
  )
})

/** A queue next to plain maps of which key waits, or is worked on, in which lane. */
class Model {
  readonly queue: WorkQueue
  readonly waiting = new Map<string, 'Due' | 'Added'>()
  readonly working = new Map<string, 'Due' | 'Added'>()
  readonly #again = new Map<string, 'Due' | 'Added'>()
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
    this.queue = new WorkQueue(clock)
  }

  add(key: string): void {
    this.queue.add(key)
    this.#note(key, 'Added')
  }

  come(key: string): void {
    this.queue.addAfter(key, 1)
    this.#clock.pass(1)
    this.#note(key, 'Due')
  }

  async take(): Promise<void> {
    const key = (await this.queue.get()) ?? ''
    const lane = this.waiting.get(key)
    assert.ok(lane !== undefined && !this.working.has(key), key)
    const other = lane === 'Due' ? 'Added' : 'Due'
    if (numberOf(this.waiting, other) > 0)
      assert.ok(numberOf(this.working, lane) <= numberOf(this.working, other), `${key} was not next`)
    this.waiting.delete(key)
    this.working.set(key, lane)
  }

  finish(key: string): void {
    if (!this.working.delete(key)) return
    this.queue.done(key)
    const lane = this.#again.get(key)
    this.#again.delete(key)
    if (lane !== undefined) this.waiting.set(key, lane)
  }

  #note(key: string, lane: 'Due' | 'Added'): void {
    if (this.working.has(key)) this.#again.set(key, lane === 'Due' ? lane : (this.#again.get(key) ?? lane))
    else if (lane === 'Due' || !this.waiting.has(key)) this.waiting.set(key, lane)
  }
}

function numberOf(lanes: ReadonlyMap<string, string>, lane: string): number {
  return [...lanes.values()].filter((each) => each === lane).length
}

/** Takes so many keys and keeps them. */
async function take(queue: WorkQueue, count: number): Promise<readonly (string | undefined)[]> {
  const taken = []
  for (let index = 0; index < count; index += 1) taken.push(await queue.get())
  return taken
}

/** As one worker does that is done with each key before it takes the next. */
async function drain(queue: WorkQueue): Promise<readonly string[]> {
  const taken = []
  while (queue.depth > 0) {
    const key = (await queue.get()) ?? ''
    queue.done(key)
    taken.push(key)
  }
  return taken
}

function aQueue(t: TestContext): { queue: WorkQueue; clock: FakeClock } {
  const clock = fakeClock(t)
  return { clock, queue: new WorkQueue(clock, { random: () => 0 }) }
}
