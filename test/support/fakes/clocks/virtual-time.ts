/** Time that passes only when a test says so, for code that sets timers of its own. Any timer may be late. */
import { syncBuiltinESMExports } from 'node:module'
import promises, { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../../../src/core/ports/surroundings.ts'
import { start } from './clock.ts'

export type VirtualTime = {
  /** A clock that is set otherwise than others, but runs as fast. */
  clock(offsetMs?: number): Clock
  /** How many timers are set. */
  timers(): number
  /**
   * Lets time pass until the timer that is due next, or the nth after it, and fires that one alone: those before it are late.
   * Then all that follows from it without time happens.
   */
  fire(nth?: number): Promise<void>
  /** Milliseconds since the beginning. */
  elapsedMs(): number
  /** The timers of the process are real again. */
  restore(): void
}

type Timer = { dueMs: number; readonly delayMs: number; readonly run: () => void }

/** Until it is restored, `setTimeout` of this process, also that of node:timers/promises, sets timers here. */
export function virtualTime(): VirtualTime {
  const timers = new Set<Timer>()
  let nowMs = 0
  const real = { set: globalThis.setTimeout, clear: globalThis.clearTimeout, wait: promises.setTimeout }
  const set = (run: () => void, delayMs = 0): Timer => {
    const timer = { dueMs: nowMs + Math.max(1, delayMs), delayMs, run }
    timers.add(timer)
    return Object.assign(timer, { refresh: () => void (timer.dueMs = nowMs + delayMs) })
  }
  const wait = (delayMs?: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const signal = options?.signal
      const abort = (): void => {
        timers.delete(timer)
        reject(new DOMException('The operation was aborted', 'AbortError'))
      }
      const timer = set(() => {
        signal?.removeEventListener('abort', abort)
        resolve(value)
      }, delayMs)
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  replace({ set, clear: (timer: Timer | undefined) => timer !== undefined && timers.delete(timer), wait })
  return {
    clock: (offsetMs = 0) => ({
      now: () => new Date(start.getTime() + nowMs + offsetMs),
      monotonicMs: () => nowMs + offsetMs,
    }),
    timers: () => timers.size,
    elapsedMs: () => nowMs,
    async fire(nth = 0) {
      const timer = [...timers].toSorted((a, b) => a.dueMs - b.dueMs)[nth]
      if (timer === undefined) return
      timers.delete(timer)
      nowMs = Math.max(nowMs, timer.dueMs)
      timer.run()
      await turn()
    },
    restore: () => {
      replace(real)
    },
  }
}

function replace(by: { readonly set: unknown; readonly clear: unknown; readonly wait: unknown }): void {
  Object.assign(globalThis, { setTimeout: by.set, clearTimeout: by.clear })
  Object.assign(promises, { setTimeout: by.wait })
  // Modules hold bindings of their own to what node:timers/promises exports.
  syncBuiltinESMExports()
}
