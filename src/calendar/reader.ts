/** Reads calendars in a thread that can be stopped: some recurrence rules never come to an end. */
import { Worker } from 'node:worker_threads'
import type { OnCall } from './on-call.ts'

/** `feed`: the body. `timeZone`: of times that name none, an IANA name; the feed's own if absent. */
export type Reading = { readonly feed: string; readonly at: Date; readonly timeZone: string | undefined }

/** Never rejects: a feed that takes too long or too much memory is `Unreadable`. */
export type CalendarReader = (reading: Reading) => Promise<OnCall>

const longestSeconds = 5
const mostMemoryMB = 64

/** @param thread the file of `reader-thread.ts`; beside this one, unless the program is bundled */
export function calendarReader(thread = new URL('reader-thread.ts', import.meta.url)): CalendarReader {
  return (reading) =>
    new Promise((resolve) => {
      const worker = new Worker(thread, {
        workerData: reading,
        resourceLimits: { maxOldGenerationSizeMb: mostMemoryMB },
        stdout: true,
        stderr: true,
      })
      const end = (answer: OnCall): void => {
        clearTimeout(timer)
        resolve(answer)
        void worker.terminate()
      }
      const timer = setTimeout(() => {
        end({ kind: 'Unreadable', detail: `reading it took more than ${longestSeconds} seconds` })
      }, longestSeconds * 1000)
      worker.once('message', end)
      worker.once('error', () => {
        end({ kind: 'Unreadable', detail: `reading it took more than ${mostMemoryMB} MB of memory` })
      })
    })
}
