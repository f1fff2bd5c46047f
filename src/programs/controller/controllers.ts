/** The controllers, each with a queue and workers of its own. One that is new is a file beside this and a line in the list. */
import { systemClock } from '../../runtime/clock.ts'
import { runController } from '../../runtime/runner.ts'
import type { Controller, Result } from '../../runtime/runner.ts'
import { shareOf, WorkQueue } from '../../runtime/work-queue.ts'
import { approvalPolicyController } from './controllers/approval-policy.ts'
import { approverGroupController } from './controllers/approver-group.ts'
import { approvalRequestController } from './controllers/approval-request.ts'
import type { Foundation } from './foundation.ts'
import { identityProviderController } from './controllers/identity-provider.ts'
import type { ControllerDefinition, Parts } from './parts.ts'
import { rolloutController } from './argo-rollouts/controller.ts'

/** A controller that listens to the watches, but has neither keys nor workers until this replica holds the Lease. */
export type Prepared = { start(): Controller }

const definitions: readonly ControllerDefinition[] = [
  approvalRequestController,
  approvalPolicyController,
  identityProviderController,
  approverGroupController,
  rolloutController,
]

/** Connects every controller to the watches, so that no change is missed; none of them works before `start`. */
export function prepareControllers(parts: Parts): readonly Prepared[] {
  return definitions.map((definition) => prepare(parts, definition))
}

function prepare(parts: Parts, { name, workers, connect, keys }: ControllerDefinition): Prepared {
  const { flags, instruments, log } = parts
  const concurrency = workers(flags)
  const queue = observedQueue(parts, name, concurrency)
  queue.pause()
  const reconcile = connect(parts, queue)
  const controller = { controller: name }
  instruments.gauge('controller_runtime_max_concurrent_reconciles', () => [[controller, concurrency]])
  return {
    start: () => {
      queue.resume(keys(parts))
      return runController({
        ...{ queue, reconcile, concurrency },
        onError: (key, error) => {
          log.warn('pass failed, will be repeated', { controller: name, key, error: String(error) })
        },
        onReconciled: (ending, seconds) => {
          instruments.count('controller_runtime_reconcile_total', { ...controller, result: results[ending] })
          instruments.observe('controller_runtime_reconcile_time_seconds', controller, seconds)
        },
      })
    },
  }
}

/** In controller-runtime's words. */
const results = {
  Done: 'success',
  RequeueAt: 'requeue_after',
  Retry: 'requeue',
  Failed: 'error',
} as const satisfies Readonly<Record<Result['kind'] | 'Failed', string>>

function observedQueue(
  { instruments }: Foundation,
  name: ControllerDefinition['name'],
  concurrency: number,
): WorkQueue {
  const queue = new WorkQueue(systemClock, {
    mostPerNamespace: shareOf(concurrency),
    observer: {
      onAdded: () => {
        instruments.count('workqueue_adds_total', { name })
      },
      onTaken: (seconds) => {
        instruments.observe('workqueue_queue_duration_seconds', { name }, seconds)
      },
      onDone: (seconds) => {
        instruments.observe('workqueue_work_duration_seconds', { name }, seconds)
      },
      onRetry: () => {
        instruments.count('workqueue_retries_total', { name })
      },
    },
  })
  instruments.gauge('workqueue_depth', () => [[{ name }, queue.depth]])
  instruments.gauge('controller_runtime_active_workers', () => [[{ controller: name }, queue.active]])
  return queue
}
