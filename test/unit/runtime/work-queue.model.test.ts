import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import fc from 'fast-check'
import type { Clock } from '../../../src/core/ports/surroundings.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { WorkQueue } from '../../../src/runtime/work-queue.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'

type Worker = { readonly ended: () => boolean }

const scene = {
  s: fc.scheduler(),
  additions: fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12, size: 'max' }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  }),
  workers: fc.integer({ min: 1, max: 4 }),
}

/** Keys that come when their time has come, and keys that are told of something; the same ones too. */
const callers = {
  s: fc.scheduler(),
  due: fc.array(fc.constantFrom('a', 'b', 'due-1', 'due-2', 'due-3'), { maxLength: 20, size: 'max' }),
  added: fc.array(fc.constantFrom('a', 'b', 'new-1', 'new-2', 'new-3'), { maxLength: 20, size: 'max' }),
  workers: fc.integer({ min: 1, max: 4 }),
}

test('every addition is followed by a pass that begins after it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(scene), async ({ s, additions, workers }) => {
      const shop = new Shop(s)
      for (let count = 0; count < workers; count += 1) shop.employ()
      for (const keys of additions) void shop.supply(keys)
      await s.waitIdle()
      assert.deepEqual(shop.passed, shop.added)
      assert.equal(shop.queue.depth, 0)
      assert.deepEqual(shop.doubles, [])
    }),
    { numRuns: 120, interruptAfterTimeLimit: 4000 },
  )
})

test('what is due and what is new is each followed by a pass', async (t) => {
  const clock = fakeClock(t)
  await fc.assert(
    fc.asyncProperty(fc.record(callers), async ({ s, due, added, workers }) => {
      const shop = new Shop(s, clock)
      for (let count = 0; count < workers; count += 1) shop.employ()
      void shop.supply(added)
      void shop.summon(due, () => {
        clock.pass(1)
      })
      await s.waitIdle()
      assert.deepEqual(shop.passed, shop.added)
      assert.deepEqual([shop.queue.depth, shop.doubles], [0, []])
    }),
    { numRuns: 200, interruptAfterTimeLimit: 4000 },
  )
})

test('shutdown at any moment sends every worker home', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(scene), async ({ s, additions, workers }) => {
      const shop = new Shop(s)
      const crew = Array.from({ length: workers }, () => shop.employ())
      for (const keys of additions) void shop.supply(keys)
      void s.schedule(Promise.resolve(), 'shutDown').then(() => {
        shop.shutDown()
      })
      await s.waitIdle()
      await settled()
      assert.deepEqual(
        crew.map((worker) => worker.ended()),
        crew.map(() => true),
      )
      assert.deepEqual([shop.doubles, shop.late], [[], []])
      assert.equal(await shop.queue.get(), undefined)
    }),
    { numRuns: 120, interruptAfterTimeLimit: 4000 },
  )
})

/** Workers and suppliers whose every step happens when the scheduler says so. */
class Shop {
  readonly queue: WorkQueue
  /** How often each key was added, and the count that the last pass over it could see. */
  readonly added: Record<string, number> = {}
  readonly passed: Record<string, number> = {}
  readonly doubles: string[] = []
  readonly late: string[] = []
  readonly #scheduler: fc.Scheduler
  readonly #processing = new Set<string>()
  #isShutDown = false

  constructor(scheduler: fc.Scheduler, clock: Clock = systemClock) {
    this.#scheduler = scheduler
    this.queue = new WorkQueue(clock)
  }

  employ(): Worker {
    let isOver = false
    void this.#work().then(() => (isOver = true))
    return { ended: () => isOver }
  }

  async supply(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#scheduler.schedule(Promise.resolve(), `add ${key}`)
      this.added[key] = (this.added[key] ?? 0) + 1
      this.queue.add(key)
    }
  }

  /** Appointments, each of which comes at once; `pass` lets that time pass. */
  async summon(keys: readonly string[], pass: () => void): Promise<void> {
    for (const key of keys) {
      await this.#scheduler.schedule(Promise.resolve(), `due ${key}`)
      this.added[key] = (this.added[key] ?? 0) + 1
      this.queue.addAfter(key, 0)
      pass()
    }
  }

  shutDown(): void {
    this.#isShutDown = true
    this.queue.shutDown()
  }

  async #work(): Promise<void> {
    for (;;) {
      await this.#scheduler.schedule(Promise.resolve(), 'get')
      const wasShutDown = this.#isShutDown
      const key = await this.queue.get()
      if (key === undefined) return
      if (wasShutDown) this.late.push(key)
      if (this.#processing.has(key)) this.doubles.push(key)
      this.#processing.add(key)
      const seen = this.added[key] ?? 0
      await this.#scheduler.schedule(Promise.resolve(), `pass of ${key}`)
      this.passed[key] = seen
      this.#processing.delete(key)
      this.queue.done(key)
    }
  }
}
