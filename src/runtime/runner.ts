import type { WorkQueue } from './work-queue.ts'

/** How a reconcile ended: nothing more to do, again at a time, or again after a growing pause (`Retry`). */
export type Result =
  { readonly kind: 'Done' } | { readonly kind: 'RequeueAt'; readonly at: Date } | { readonly kind: 'Retry' }

/** What a controller works off, with how many workers, and who is notified. */
export type ControllerOptions = {
  readonly queue: WorkQueue
  /**
   * Reconciles one key. A reconcile that still runs when `stop` gives up continues: what it may no longer do is guarded by the Lease,
   * which is released then, and by the version of what it writes.
   */
  reconcile(key: string): Promise<Result>
  readonly concurrency: number
  /** A reconcile threw; it is repeated like `Retry`. */
  onError(key: string, error: unknown): void
  /** Called after each reconcile, with how long it took. `Failed`: it threw. */
  onReconciled?(ending: Result['kind'] | 'Failed', seconds: number): void
}

/** The workers of one queue, until they are stopped. */
export interface Controller {
  /**
   * Begins no reconcile any more and waits for those that run, at most `withinMs`.
   * @returns how many still run
   */
  stop(withinMs: number): Promise<number>
}

/** Starts the workers. No key is reconciled twice at the same time. */
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
    requeue(options, key, await reconcileOnce(options, key))
    running.delete(key)
    queue.done(key)
  }
}

async function reconcileOnce(options: ControllerOptions, key: string): Promise<Result> {
  const startedMs = performance.now()
  const end = (ending: Result['kind'] | 'Failed'): void =>
    options.onReconciled?.(ending, (performance.now() - startedMs) / 1000)
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
      // An invalid date would end the worker, or be due for ever.
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
