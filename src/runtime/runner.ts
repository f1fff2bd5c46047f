import type { WorkQueue } from './work-queue.ts'

/** What a pass says about the next one. `Retry` comes back with growing pauses. */
export type Result =
  { readonly kind: 'Done' } | { readonly kind: 'RequeueAt'; readonly at: Date } | { readonly kind: 'Retry' }

export type ControllerOptions = {
  readonly queue: WorkQueue
  /** One pass. The signal is aborted when its time is up; after that it must cause nothing more. */
  reconcile(key: string, signal: AbortSignal): Promise<Result>
  readonly concurrency: number
  /** A pass threw; it is repeated like `Retry`. */
  onError(key: string, error: unknown): void
  /** After each pass, with how long it took. `Failed`: it threw. */
  onPass?(ending: Result['kind'] | 'Failed', seconds: number): void
}

export interface Controller {
  /**
   * Begins no pass any more and waits for those that run, at most `withinMs`; then aborts them.
   * @returns how many were aborted
   */
  stop(withinMs: number): Promise<number>
}

/** Works the queue off, never two passes of one key at a time. */
export function runController(options: ControllerOptions): Controller {
  const abort = new AbortController()
  const running = new Set<string>()
  const workers = Array.from({ length: options.concurrency }, () => work(options, running, abort.signal))
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
      abort.abort()
      return running.size
    },
  }
}

async function work(options: ControllerOptions, running: Set<string>, signal: AbortSignal): Promise<void> {
  const { queue } = options
  for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
    running.add(key)
    requeue(queue, key, await pass(options, key, signal))
    running.delete(key)
    queue.done(key)
  }
}

async function pass(options: ControllerOptions, key: string, signal: AbortSignal): Promise<Result> {
  const startedMs = performance.now()
  const end = (ending: Result['kind'] | 'Failed'): void =>
    options.onPass?.(ending, (performance.now() - startedMs) / 1000)
  try {
    const result = await options.reconcile(key, signal)
    end(result.kind)
    return result
  } catch (error) {
    end('Failed')
    options.onError(key, error)
    return { kind: 'Retry' }
  }
}

function requeue(queue: WorkQueue, key: string, result: Result): void {
  switch (result.kind) {
    case 'Done':
      queue.forget(key)
      return
    case 'RequeueAt':
      queue.forget(key)
      queue.addAt(key, result.at)
      return
    case 'Retry':
      queue.addRateLimited(key)
  }
}
