/** Waiting for what a cluster will hold, in real time and on a machine that may be busy. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const withinMs = 120_000
const pauseMs = 100

/** Reads until there is what is looked for. */
export async function sought<T>(
  read: () => Promise<T | undefined>,
  what = () => 'what is awaited',
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await read()
    if (found !== undefined) return found
    assert.ok(performance.now() < deadline, `not within ${withinMs / 1000} s: ${what()}`)
    await sleep(pauseMs)
  }
}
