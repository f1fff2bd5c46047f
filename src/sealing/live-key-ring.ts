/**
 * The key ring of a process that runs: keys are added to the Secret and removed from it without a restart. A key that another
 * process has sealed with is looked for when it is met; the newest, to seal with, is looked for once a minute at most.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '../api/objects.ts'
import type { ObjectKey, Resource } from '../core/ports/cluster.ts'
import type { Clock, Log } from '../core/ports/surroundings.ts'
import { KeyRingError, loadKeyRing } from './key-ring.ts'
import type { KeyRing } from './key-ring.ts'
import { take, writeBack } from './kept-key-ring.ts'

/** A key ring that is read again when it is needed: nobody may watch Secrets. */
export interface LiveKeyRing {
  /** As it was read last. */
  readonly current: KeyRing
  /** To seal with: no older than a minute, where it can be read. */
  recent(): Promise<KeyRing>
  /**
   * To open with. Undefined only if the Secret did not hold the key after it was asked for.
   * @throws if that cannot be learned now
   */
  find(kid: string): Promise<Uint8Array | undefined>
  /** Why the keys would not survive this process, as of the last reading; undefined while they would. */
  fault(): string | undefined
}

const recentMs = 60_000
/** Between two readings, whoever asks for whatever key. */
const pauseMs = 2_000
/** So many keys that are gone are remembered as such, for as long as a reading is recent. */
const mostAbsent = 100

/** What a live key ring waits with and reports to. */
export type Surroundings = {
  readonly clock: Clock
  readonly log: Log
  /** How a pause is made; `setTimeout` if absent. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Reads the ring, or creates it, and follows it from then on. */
export async function followKeyRing(
  secrets: Resource<Secret>,
  key: Required<ObjectKey>,
  { clock, log, pause = sleep }: Surroundings,
): Promise<LiveKeyRing> {
  let startedMs = clock.monotonicMs()
  let readMs = startedMs
  let current = await loadKeyRing(secrets, key)
  let reading: Promise<void> | undefined
  let fault: string | undefined
  const keeping = { secrets, key, log }
  const absentUntil = new Map<string, number>()

  async function read(): Promise<void> {
    const restMs = startedMs + pauseMs - clock.monotonicMs()
    if (restMs > 0) await pause(restMs)
    const nowMs = (startedMs = clock.monotonicMs())
    const secret = await secrets.get(key)
    readMs = nowMs
    const kept = secret === undefined ? await writeBack(current, keeping) : take(secret, current, log)
    ;({ ring: current, fault } = kept)
    if (fault !== undefined) log.error('the operator’s keys are lost with this process', { fault })
  }

  /** One reading at a time, for all who ask meanwhile. */
  function readAgain(): Promise<void> {
    reading ??= read().finally(() => (reading = undefined))
    return reading
  }

  function rememberAbsent(kid: string): void {
    if (absentUntil.size >= mostAbsent) absentUntil.clear()
    absentUntil.set(kid, clock.monotonicMs() + recentMs)
  }

  return {
    get current() {
      return current
    },
    async recent() {
      if (clock.monotonicMs() - startedMs < recentMs) return current
      await readAgain().catch((error: unknown) => {
        log.warn('the operator’s keys cannot be read again', { secret: key.name, error: String(error) })
      })
      return current
    },
    async find(kid) {
      const askedMs = clock.monotonicMs()
      const isAbsent = (absentUntil.get(kid) ?? 0) > askedMs
      // A reading that began before may have missed a key that was added since.
      while (!current.keys.has(kid) && !isAbsent && readMs <= askedMs) await readAgain()
      const found = current.keys.get(kid)
      // Whatever the Secret held before it was spoilt, nobody can tell now.
      if (found === undefined && fault !== undefined) throw new KeyRingError(fault)
      if (found === undefined && !isAbsent) rememberAbsent(kid)
      return found
    },
    fault: () => fault,
  }
}

/** Reads the ring every minute, so that keys that go missing are missed even while nothing is sealed. Goes on with the process. */
export async function lookAfter(ring: LiveKeyRing): Promise<never> {
  for (;;) {
    await sleep(recentMs, undefined, { ref: false })
    await ring.recent()
  }
}
