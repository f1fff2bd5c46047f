/** The thread of `reader.ts`: reads one feed, answers once, ends. */
/*! Contains ical.js, MPL-2.0; its source is at https://github.com/kewisch/ical.js. */
import { parentPort, workerData } from 'node:worker_threads'
import { onCallAt } from './on-call.ts'
import type { Reading } from './reader.ts'

const { feed, at, timeZone } = workerData as Reading
parentPort?.postMessage(onCallAt(feed, at, timeZone))
