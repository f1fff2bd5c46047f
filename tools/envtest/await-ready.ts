/** Asks a server until it says that it is ready. */
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const attemptTimeoutMs = 2_000
const firstPauseMs = 20
const longestPauseMs = 200

export type ReadinessCheck = {
  readonly url: string
  /** Certificate to trust; a file that is not there yet counts as not ready. */
  readonly caFile?: string
  readonly signal: AbortSignal
}

/** Resolves on the first 200; rejects with the signal's reason. */
export async function awaitReady(check: ReadinessCheck): Promise<void> {
  let pauseMs = firstPauseMs
  while (!(await isReady(check))) {
    await sleep(pauseMs, undefined, { signal: check.signal })
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)
  }
}

/** Nothing that can go wrong here means more than "not yet": the caller watches the server's process. */
async function isReady({ url, caFile, signal }: ReadinessCheck): Promise<boolean> {
  try {
    const ca = caFile === undefined ? undefined : readFileSync(caFile)
    const send = ca === undefined ? plainRequest : tlsRequest
    const options = {
      ca,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]),
    }
    return await new Promise((resolve, reject) => {
      const request = send(url, options, (response) => {
        response.resume().once('error', reject)
        resolve(response.statusCode === 200)
      })
      request.once('error', reject).end()
    })
  } catch {
    return false
  }
}
