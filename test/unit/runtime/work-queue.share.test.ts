/** One namespace has so many new keys at work at most, so that nobody else waits behind all of them at every step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { WorkQueue } from '../../../src/runtime/work-queue.ts'
import { fakeClock } from '../../support/fakes/clocks/fake-clock.ts'
import type { FakeClock } from '../../support/fakes/clocks/fake-clock.ts'

function aQueue(t: TestContext, mostPerNamespace: number): { queue: WorkQueue; clock: FakeClock } {
  const clock = fakeClock(t)
  return { clock, queue: new WorkQueue(clock, { mostPerNamespace }) }
}

/** What workers have got so far, in order; each asks again by itself only when told to. */
function workersOf(queue: WorkQueue): { readonly got: string[]; ask: () => Promise<void> } {
  const got: string[] = []
  return {
    got,
    ask: async () => {
      void queue.get().then((key) => key !== undefined && got.push(key))
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await Promise.resolve()
}

test('a namespace with enough at work waits, although workers are idle', async (t) => {
  const { queue } = aQueue(t, 2)
  for (const key of ['loud/1', 'loud/2', 'loud/3', 'loud/4']) queue.add(key)
  const { got, ask } = workersOf(queue)
  for (let workers = 0; workers < 4; workers += 1) await ask()
  assert.deepEqual([got, queue.depth], [['loud/1', 'loud/2'], 2])
  queue.add('quiet/1')
  await settled()
  assert.deepEqual(got, ['loud/1', 'loud/2', 'quiet/1'])
  queue.done('loud/1')
  await settled()
  assert.deepEqual(got, ['loud/1', 'loud/2', 'quiet/1', 'loud/3'])
})

test('what is added again while it is worked on waits for its share too', async (t) => {
  const { queue } = aQueue(t, 1)
  queue.add('loud/1')
  const { got, ask } = workersOf(queue)
  for (let workers = 0; workers < 3; workers += 1) await ask()
  queue.add('loud/2')
  queue.add('loud/1')
  await settled()
  assert.deepEqual(got, ['loud/1'])
  queue.done('loud/1')
  await settled()
  assert.equal(got.length, 2)
  queue.done('loud/2')
  await settled()
  assert.deepEqual(got.toSorted(), ['loud/1', 'loud/1', 'loud/2'])
})

test('what is due is not held back, nor what is in no namespace', async (t) => {
  const { queue, clock } = aQueue(t, 1)
  queue.add('loud/1')
  for (const key of ['loud/2', 'loud/3']) queue.addAfter(key, 1)
  for (const key of ['one', 'two']) queue.add(key)
  clock.pass(5)
  const { got, ask } = workersOf(queue)
  for (let workers = 0; workers < 5; workers += 1) await ask()
  assert.deepEqual(got.toSorted(), ['loud/1', 'loud/2', 'loud/3', 'one', 'two'])
})

test('a key that becomes due while its namespace has enough at work is handed out once', async (t) => {
  const { queue, clock } = aQueue(t, 1)
  for (const key of ['loud/1', 'loud/2']) queue.add(key)
  const { got, ask } = workersOf(queue)
  for (let workers = 0; workers < 3; workers += 1) await ask()
  queue.addAfter('loud/2', 1)
  clock.pass(5)
  await settled()
  assert.deepEqual([got, queue.depth], [['loud/1', 'loud/2'], 0])
  queue.done('loud/1')
  await settled()
  assert.deepEqual(got, ['loud/1', 'loud/2'])
})

test('whatever comes and ends in which order, nothing is lost and no share is exceeded', async (t) => {
  const clock = fakeClock(t)
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('Add' as const),
      namespace: fc.integer({ min: 0, max: 2 }),
      name: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ kind: fc.constant('Done' as const), index: fc.nat(20) }),
    fc.record({ kind: fc.constant('Ask' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 80 }),
      async (most, steps) => {
        const queue = new WorkQueue(clock, { mostPerNamespace: most })
        const busy: string[] = []
        const unseen = new Set<string>()
        const ask = (): void => {
          void queue.get().then((key) => {
            if (key === undefined) return
            busy.push(key)
            unseen.delete(key)
          })
        }
        const check = async (): Promise<void> => {
          await settled()
          for (const namespace of ['ns-0', 'ns-1', 'ns-2'])
            assert.ok(busy.filter((key) => key.startsWith(`${namespace}/`)).length <= most)
          assert.equal(new Set(busy).size, busy.length)
        }
        const end = (index: number): void => {
          const [key] = busy.splice(index % Math.max(busy.length, 1), 1)
          if (key !== undefined) queue.done(key)
        }
        for (const each of steps) {
          if (each.kind === 'Add') {
            const key = `ns-${each.namespace}/${each.name}`
            unseen.add(key)
            queue.add(key)
          } else if (each.kind === 'Done') end(each.index)
          else ask()
          await check()
        }
        for (let rounds = 0; rounds < 200 && (unseen.size > 0 || busy.length > 0); rounds += 1) {
          ask()
          await check()
          end(0)
          await check()
        }
        assert.deepEqual([...unseen], [])
        assert.equal(queue.depth, 0)
      },
    ),
  )
})
