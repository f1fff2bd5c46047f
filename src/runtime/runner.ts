import type { WorkQueue } from './work-queue.ts'

/** What a pass says about the next one. `Retry` comes back with growing pauses. */
export type Result =
  { readonly kind: 'Done' } | { readonly kind: 'RequeueAt'; readonly at: Date } | { readonly kind: 'Retry' }

export type ControllerOptions = {
  readonly queue: WorkQueue
  /**
   * One pass. One that is still under way when `stop` gives up goes on: what it may no longer do is guarded by the Lease, which is
   * given back then, and by the version of what it writes.
   */
  reconcile(key: string): Promise<Result>
  readonly concurrency: number
  /** A pass threw; it is repeated like `Retry`. */
  onError(key: string, error: unknown): void
  /** After each pass, with how long it took. `Failed`: it threw. */
  onPass?(ending: Result['kind'] | 'Failed', seconds: number): void
}

export interface Controller {
  /**
   * Begins no pass any more and waits for those that run, at most `withinMs`.
   * @returns how many still run
   */
  stop(withinMs: number): Promise<number>
}

/** Works the queue off, never two passes of one key at a time. */
export function runController(options: ControllerOptions): Controller {
  const running = new Set<string>()
  const workers = Array.from({ length: options.concurrency }, () => work(options, running))
  return {
    async stop(withinMs) {
      options.queue.shutDown()
      const late = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs)
        void Promise.all(workers).then(() => {
          clearTimeout(timer)
          resolve()
        })
      })
      await late
      return running.size
    },
  }
}

async function work(options: ControllerOptions, running: Set<string>): Promise<void> {
  const { queue } = options
  for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
    running.add(key)
    requeue(options, key, await pass(options, key))
    running.delete(key)
    queue.done(key)
  }
}

async function pass(options: ControllerOptions, key: string): Promise<Result> {
  const startedMs = performance.now()
  const end = (ending: Result['kind'] | 'Failed'): void =>
    options.onPass?.(ending, (performance.now() - startedMs) / 1000)
  try {
    const result = await options.reconcile(key)
    end(result.kind)
    return result
  } catch (error) {
    end('Failed')
    options.onError(key, error)
    return { kind: 'Retry' }
  }
}

function requeue(options: ControllerOptions, key: string, result: Result): void {
  const { queue } = options
  switch (result.kind) {
    case 'Done':
      queue.forget(key)
      return
    case 'RequeueAt':
      // A moment that is none would end the worker, or be due for ever.
      if (Number.isNaN(result.at.getTime())) {
        options.onError(key, new RangeError('the next pass was to be at no moment'))
        queue.addRateLimited(key)
        return
      }
      queue.forget(key)
      queue.addAt(key, result.at)
      return
    case 'Retry':
      queue.addRateLimited(key)
  }
}
