/** Deletes entries of prompts that nobody needs any more, each at its time. Any replica may: deleting twice is no error. */
import type { ConfigMap } from '../../api/objects.ts'
import type { Collection } from '../../core/ports/cluster.ts'
import type { Clock, Log } from '../../core/ports/surroundings.ts'
import { deleteAfter, everyone } from './entry.ts'

/** Deletes entries when their time has come, in whichever replica. */
export type Sweeper = {
  /** Schedules what earlier processes left. @throws if the entries cannot be listed */
  start(): Promise<void>
  /** Schedules the deletion of an entry that was written. */
  note(entry: ConfigMap): void
  /** Deletes the entry of this name if its time has come; never throws, and tries again after a minute. */
  sweep(name: string): Promise<void>
}

/** Which entries to delete, and how to be called when one is due. */
export type SweeperParts = {
  readonly configMaps: Collection<ConfigMap>
  readonly namespace: string
  readonly clock: Clock
  readonly log: Log
  /** Calls `sweep` with the name after so many milliseconds. */
  readonly wakeAfter: (name: string, delayMs: number) => void
}

const retryMs = 60_000

/** A sweeper without timers of its own, so that tests can move the time. */
export function createSweeper(parts: SweeperParts): Sweeper {
  const { configMaps, namespace, clock, log, wakeAfter } = parts
  function note(entry: ConfigMap): void {
    wakeAfter(entry.metadata.name, deleteAfter(entry).getTime() - clock.now().getTime())
  }
  return {
    note,
    async start() {
      let next: string | undefined
      do {
        const page = await configMaps.list({ namespace, labelSelector: everyone, continue: next })
        for (const entry of page.items) note(entry)
        next = page.continue
      } while (next !== undefined)
    },
    async sweep(name) {
      try {
        const entry = await configMaps.get({ namespace, name })
        if (entry === undefined) return
        // A newer prompt may have taken its place.
        if (deleteAfter(entry) > clock.now()) note(entry)
        else await configMaps.delete(entry.metadata, { uid: entry.metadata.uid ?? '' })
      } catch (error) {
        log.warn('prompt not deleted, will be tried again', { name, error: String(error) })
        wakeAfter(name, retryMs)
      }
    },
  }
}
