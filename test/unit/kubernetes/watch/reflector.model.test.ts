/** However watches break and messages dawdle, the reflector's copy becomes the original, and every difference is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Scheduler } from 'fast-check'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { Reflector } from '../../../../src/kubernetes/watch/reflector.ts'
import { faultyNetwork } from '../../../support/fakes/network/faulty-network.ts'
import type { Mishap } from '../../../support/fakes/network/faulty-network.ts'
import { aHistory } from '../../../support/fakes/cluster/history.ts'
import type { History } from '../../../support/fakes/cluster/history.ts'
import { virtualTime } from '../../../support/fakes/clocks/virtual-time.ts'
import type { VirtualTime } from '../../../support/fakes/clocks/virtual-time.ts'

type Step =
  | { readonly kind: 'message' | 'time' | 'bookmark' | 'compact' }
  | { readonly kind: 'put' | 'delete'; readonly name: string }
  | { readonly kind: 'disturb'; readonly how: 'cut' | 'end' | 'mute' }

/** Messages and timers after which all is well again, if it ever will be; thirty is what it takes. */
const patience = 500

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const kinds = fc.constantFrom(
  'message' as const,
  'message' as const,
  'message' as const,
  'time' as const,
  'bookmark' as const,
  'compact' as const,
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kinds }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('put' as const, 'put' as const, 'delete' as const), name }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('disturb' as const),
      how: fc.constantFrom('cut' as const, 'end' as const, 'mute' as const),
    }),
  },
)
const mishap: fc.Arbitrary<Mishap> = fc.constantFrom(
  'None',
  'None',
  'None',
  'RequestLost',
  'AnswerLost',
  'Late',
)
const course = fc.record({
  scheduler: fc.scheduler(),
  steps: fc.array(step, { maxLength: 300, size: 'max' }),
  mishaps: fc.infiniteStream(mishap),
  repetitions: fc.infiniteStream(fc.constantFrom(true, false, false)),
  beginning: fc.constantFrom('Streamed' as const, 'Paged' as const),
})

test('the copy becomes the original, and what was told adds up to it', async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ scheduler, steps, mishaps, repetitions, beginning }) => {
      const time = virtualTime()
      const network = faultyNetwork(scheduler, mishaps)
      const history = aHistory({ network, repetitions, beginning })
      const { reflector, told } = anAudience(history, time)
      try {
        reflector.start()
        for (const step of steps) await take(step, { time, scheduler, history })
        network.heal()
        const isDone = (): boolean => told.isSynced && isCopy(reflector.list(), history)
        for (let turns = 0; turns < patience && !isDone(); turns += 1)
          await (scheduler.count() > 0 ? arrive(scheduler) : time.fire())
        assert.deepEqual(versionsOf(reflector.list()), versionsOf(history.objects()))
        assert.deepEqual(versionsOf([...told.objects.values()]), versionsOf(history.objects()))
        assert.deepEqual([told.isSynced, told.faults], [true, []])

        const stopped = reflector.stop()
        while (scheduler.count() > 0) await arrive(scheduler)
        await stopped
        assert.deepEqual([time.timers(), history.openWatches()], [0, 0])
      } finally {
        time.restore()
      }
    }),
    { numRuns: 400, interruptAfterTimeLimit: 8000 },
  )
})

type Told = {
  readonly objects: ReadonlyMap<string, KubernetesObject>
  readonly isSynced: boolean
  /** Changes that do not follow from what was told before. */
  readonly faults: readonly string[]
}

/** A reflector, and someone who knows only what it tells. */
function anAudience(
  history: History,
  time: VirtualTime,
): { readonly reflector: Reflector<KubernetesObject>; readonly told: Told } {
  const objects = new Map<string, KubernetesObject>()
  const told = { objects, isSynced: false, faults: [] as string[] }
  const reflector = new Reflector({
    source: history.source,
    clock: time.clock(),
    onChange: (old, now) => {
      const { name } = (now ?? old)?.metadata ?? { name: '' }
      const known = objects.get(name)?.metadata.resourceVersion
      if (old?.metadata.resourceVersion !== known) told.faults.push(`${name} was ${known ?? 'not there'}`)
      if (now === undefined) objects.delete(name)
      else objects.set(name, now)
    },
    onReport: ({ kind }) => {
      if (kind === 'Synced') told.isSynced = true
    },
  })
  return { reflector, told }
}

function isCopy(objects: readonly KubernetesObject[], history: History): boolean {
  return isDeepStrictEqual(versionsOf(objects), versionsOf(history.objects()))
}

function versionsOf(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion ?? ''}`).sort()
}

type World = { readonly time: VirtualTime; readonly scheduler: Scheduler; readonly history: History }

async function take(step: Step, { time, scheduler, history }: World): Promise<void> {
  switch (step.kind) {
    case 'message':
      return arrive(scheduler)
    case 'time':
      return time.fire()
    case 'put':
    case 'delete':
      history[step.kind](step.name)
      return
    case 'bookmark':
    case 'compact':
      history[step.kind]()
      return
    case 'disturb':
      history.disturb(step.how)
  }
}

async function arrive(scheduler: Scheduler): Promise<void> {
  if (scheduler.count() > 0) await scheduler.waitNext(1)
  await turn()
}
