import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/runtime/clock.ts'
import { runController } from '../../../src/runtime/runner.ts'
import type { ControllerOptions, Result } from '../../../src/runtime/runner.ts'
import { WorkQueue } from '../../../src/runtime/work-queue.ts'

const done: Result = { kind: 'Done' }

test('a pass that throws is repeated', async (t) => {
  const errors: unknown[] = []
  const finished = Promise.withResolvers<undefined>()
  let passes = 0
  const { queue } = started(t, {
    onError: (key, error) => errors.push([key, error]),
    reconcile: () => {
      passes += 1
      if (passes < 3) throw new Error(`number ${passes}`)
      finished.resolve(undefined)
      return Promise.resolve(done)
    },
  })
  queue.add('a')
  await finished.promise
  assert.deepEqual(errors, [
    ['a', new Error('number 1')],
    ['a', new Error('number 2')],
  ])
})

test('a pass that wants to comes back at its time', async (t) => {
  const finished = Promise.withResolvers<undefined>()
  const at = new Date(Date.now() + 20)
  const times: Date[] = []
  const { queue } = started(t, {
    reconcile: () => {
      times.push(new Date())
      if (times.length === 1) return Promise.resolve({ kind: 'RequeueAt', at })
      finished.resolve(undefined)
      return Promise.resolve(done)
    },
  })
  queue.add('a')
  await finished.promise
  // Wall clock and monotonic clock round differently.
  assert.ok((times[1] ?? at).getTime() >= at.getTime() - 1)
})

test('no more passes run at once than workers', async (t) => {
  const finished = Promise.withResolvers<undefined>()
  let [running, most, passes] = [0, 0, 0]
  const { queue } = started(t, {
    concurrency: 2,
    reconcile: async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      passes += 1
      if (passes === 6) finished.resolve(undefined)
      return done
    },
  })
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) queue.add(key)
  await finished.promise
  assert.equal(most, 2)
})

test('stop lets a running pass finish and begins no other', async (t) => {
  const begun: string[] = []
  const release = Promise.withResolvers<Result>()
  const { queue, controller } = started(t, {
    reconcile: (key) => {
      begun.push(key)
      return release.promise
    },
  })
  queue.add('a')
  queue.add('b')
  await new Promise(setImmediate)
  const stopped = controller.stop(10_000)
  release.resolve(done)
  assert.equal(await stopped, 0)
  assert.deepEqual(begun, ['a'])
})

test('stop does not wait for a pass that takes too long', async (t) => {
  const { queue, controller } = started(t, { reconcile: () => new Promise(() => undefined) })
  queue.add('a')
  await new Promise(setImmediate)
  assert.equal(await controller.stop(0), 1)
})

test('a pass that names no moment is repeated like one that failed, and its worker goes on', async (t) => {
  const errors: unknown[] = []
  const twice = Promise.withResolvers<undefined>()
  const passes: string[] = []
  const { queue } = started(t, {
    reconcile: (key) => {
      passes.push(key)
      if (passes.filter((each) => each === 'a').length === 2) twice.resolve(undefined)
      return Promise.resolve(
        key === 'a' && passes.length < 3 ? { kind: 'RequeueAt', at: new Date('never') } : done,
      )
    },
    onError: (_key, error) => errors.push(error),
  })
  queue.add('a')
  queue.add('b')
  await twice.promise
  assert.ok(errors[0] instanceof RangeError)
  assert.deepEqual(passes.slice(0, 3), ['a', 'b', 'a'])
})

test('each pass says how it ended', async (t) => {
  const endings: string[] = []
  const finished = Promise.withResolvers<undefined>()
  const results: (() => Promise<Result>)[] = [
    () => Promise.reject(new Error('broken')),
    () => Promise.resolve({ kind: 'Retry' }),
    () => Promise.resolve({ kind: 'RequeueAt', at: new Date() }),
    () => Promise.resolve(done),
  ]
  const { queue } = started(t, {
    onError: () => undefined,
    reconcile: () => results.shift()?.() ?? Promise.resolve(done),
    onReconciled: (ending, seconds) => {
      assert.ok(seconds >= 0)
      if (endings.push(ending) === 4) finished.resolve(undefined)
    },
  })
  queue.add('a')
  await finished.promise
  assert.deepEqual(endings, ['Failed', 'Retry', 'RequeueAt', 'Done'])
})

function started(t: TestContext, options: Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>) {
  const queue = new WorkQueue(systemClock)
  const onError = (_key: string, error: unknown): void => {
    assert.ifError(error)
  }
  const controller = runController({ queue, concurrency: 1, onError, ...options })
  t.after(() => controller.stop(0))
  return { queue, controller }
}
