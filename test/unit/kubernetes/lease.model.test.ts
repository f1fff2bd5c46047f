/** Electors that run at the same speed but nothing else in common: clocks are set wrong, timers are late, messages get lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { Scheduler } from 'fast-check'
import { KubernetesUnreachableError } from '../../../src/kubernetes/client/api-error.ts'
import { LeaseElection } from '../../../src/kubernetes/lease.ts'
import type { Predecessor } from '../../../src/kubernetes/lease.ts'
import { faultyNetwork } from '../../support/fakes/network/faulty-network.ts'
import type { FaultyNetwork, Mishap } from '../../support/fakes/network/faulty-network.ts'
import { aLeaseServer, transportBy } from '../../support/fakes/cluster/lease-server.ts'
import { virtualTime } from '../../support/fakes/clocks/virtual-time.ts'
import type { VirtualTime } from '../../support/fakes/clocks/virtual-time.ts'

/**
 * `Message`: one arrives. `Time`: passes until a timer fires, and `late` others do not. `Stop`: a rolling update of one.
 * `Cut`: one reaches the API server no more, or again.
 */
type Step =
  | { readonly kind: 'Message' }
  | { readonly kind: 'Time'; readonly late: number }
  | { readonly kind: 'Stop' | 'Cut'; readonly seat: number }

/** Longer than a lease, with everything that may go before its taking. */
const healingMs = 60_000
/** Messages and timers within that time, and many more. */
const patience = 5000

const step: fc.Arbitrary<Step> = fc.oneof(
  // Most exchanges are over before the next timer fires.
  { weight: 30, arbitrary: fc.constant({ kind: 'Message' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('Time' as const), late: fc.constantFrom(0, 0, 0, 1, 2, 5) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Stop' as const), seat: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Cut' as const), seat: fc.nat(2) }) },
)
const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 20, arbitrary: fc.constant('None') },
  { weight: 3, arbitrary: fc.constantFrom('RequestLost', 'AnswerLost', 'Late') },
  { weight: 3, arbitrary: fc.constantFrom('SlowRequest', 'SlowAnswer') },
)
const course = fc.record({
  scheduler: fc.scheduler(),
  steps: fc.array(step, { minLength: 40, maxLength: 2500, size: 'max' }),
  mishaps: fc.infiniteStream(mishap),
  clocks: fc.array(fc.integer({ min: -3_600_000, max: 3_600_000 }), { minLength: 2, maxLength: 3 }),
})

test('never do two hold the lease at a time, and in the end one does', async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ scheduler, steps, mishaps, clocks }) => {
      const time = virtualTime()
      try {
        const network = faultyNetwork(scheduler, mishaps)
        const election = anElection({ time, network, clocks })
        for (const step of steps) {
          await take(step, { time, scheduler, election })
          election.check()
        }
        network.heal()
        election.heal()
        const healedMs = time.elapsedMs()
        for (let turns = 0; turns < patience && time.elapsedMs() < healedMs + healingMs; turns += 1) {
          await (scheduler.count() > 0 ? arrive(scheduler) : time.fire())
          election.check()
        }
        assert.ok(time.elapsedMs() >= healedMs + healingMs, 'time passes')
        assert.equal(election.holders().length, 1)
      } finally {
        time.restore()
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: 8000 },
  )
})

type World = { readonly time: VirtualTime; readonly scheduler: Scheduler; readonly election: Election }

async function take(step: Step, { time, scheduler, election }: World): Promise<void> {
  switch (step.kind) {
    case 'Message':
      return scheduler.count() > 0 ? arrive(scheduler) : undefined
    case 'Time':
      return time.fire(Math.min(step.late, time.timers() - 1))
    case 'Stop':
      election.replace(step.seat)
      return
    case 'Cut':
      election.cut(step.seat)
  }
}

async function arrive(scheduler: Scheduler): Promise<void> {
  await scheduler.waitNext(1)
  await turn()
}

type Election = {
  /** Who believes to hold the lease at this instant. */
  holders(): readonly string[]
  check(): void
  /** Stops who sits there; another takes the seat at once. */
  replace(seat: number): void
  /** Whoever sits there reaches the API server no more, or again. */
  cut(seat: number): void
  heal(): void
}

type Surroundings = {
  readonly time: VirtualTime
  readonly network: FaultyNetwork
  /** How wrong each one's is, in milliseconds. */
  readonly clocks: readonly number[]
}

function anElection({ time, network, clocks }: Surroundings): Election {
  const server = aLeaseServer()
  const everyone = new Map<string, LeaseElection>()
  const claims: { readonly predecessor: Predecessor; readonly truth: Predecessor | undefined }[] = []
  const faults: string[] = []
  const cutOff = new Set<number>()
  const seats = clocks.map((offsetMs) => seated(offsetMs))

  function seated(offsetMs: number): LeaseElection {
    const identity = `elector-${everyone.size}`
    const elector = new LeaseElection({
      transport: transportBy((request) =>
        network.exchange(() => {
          if (cutOff.has(seats.indexOf(elector))) throw new KubernetesUnreachableError('cut off')
          return server.answer(request)
        }),
      ),
      key: { namespace: 'operator', name: 'election' },
      identity,
      clock: time.clock(offsetMs),
      onAcquired: (predecessor) => {
        claims.push({ predecessor, truth: server.predecessorOf(identity) })
      },
      onLost: () => {
        const seat = seats.indexOf(elector)
        if (seat === -1) faults.push(`${identity} lost what it had given back`)
        // Its process ends, and Kubernetes starts another.
        else seats[seat] = seated(offsetMs)
      },
    })
    everyone.set(identity, elector)
    elector.start()
    return elector
  }

  const holders = (): readonly string[] =>
    [...everyone].flatMap(([identity, elector]) => (elector.isHeld() ? [identity] : []))
  return {
    holders,
    check: () => {
      assert.ok(holders().length <= 1, holders().join(' and '))
      assert.deepEqual(faults, [])
      for (const { predecessor, truth } of claims) assert.equal(predecessor, truth)
    },
    replace: (seat) => {
      const place = seat % seats.length
      void seats[place]?.stop()
      seats[place] = seated(clocks[place] ?? 0)
    },
    cut: (seat) => {
      const place = seat % seats.length
      if (!cutOff.delete(place)) cutOff.add(place)
    },
    heal: () => {
      cutOff.clear()
    },
  }
}
