/** A Secret with the operator's keys, processes that follow it, and a clock that only goes on when told. */
import type { Secret } from '../../../src/api/objects.ts'
import { followKeyRing } from '../../../src/sealing/live-key-ring.ts'
import type { LiveKeyRing } from '../../../src/sealing/live-key-ring.ts'
import { manualClock } from '../fakes/clocks/clock.ts'
import type { ManualClock } from '../fakes/clocks/clock.ts'
import { inMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../fakes/cluster/in-memory-resource.ts'

export const key = { namespace: 'countersign-system', name: 'countersign-keys' }
export const binding = { purpose: 'handle', uid: 'a-uid', prompt: 'approver-1', attempt: 1 } as const
export const base64 = (fill: number): string => Buffer.alloc(32, fill).toString('base64')

export type Scene = {
  readonly secrets: InMemoryResource<Secret>
  readonly clock: ManualClock
  readonly pauses: number[]
  readonly lines: string[]
  /** A process that starts now. */
  start(): Promise<LiveKeyRing>
  hold(data: Readonly<Record<string, string>>): void
  readings(): number
}

export function aScene(): Scene {
  const [secrets, clock] = [inMemoryResource<Secret>(), manualClock()]
  const [pauses, lines]: [number[], string[]] = [[], []]
  const write = (line: string): void => void lines.push(line)
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    clock.advance(ms / 1000)
    return Promise.resolve()
  }
  const log = { debug: write, info: write, warn: write, error: write }
  const scene: Scene = {
    ...{ secrets, clock, pauses, lines },
    start: () => followKeyRing(secrets, key, { clock, log, pause }),
    hold: (data) => void secrets.put({ apiVersion: 'v1', kind: 'Secret', metadata: key, data }),
    readings: () => secrets.calls.length,
  }
  scene.hold({ k1: base64(1) })
  return scene
}
