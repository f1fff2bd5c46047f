/** Notes when each ApprovalRequest has reached what, as a watch tells it. */
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { summaryOf } from '../../src/core/approval/conditions.ts'
import { kinds } from '../../src/kubernetes/kinds.ts'
import { Reflector } from '../../src/kubernetes/reflector.ts'
import { resource } from '../../src/kubernetes/resource.ts'
import type { Transport } from '../../src/kubernetes/transport.ts'
import { systemClock } from '../../src/runtime/clock.ts'

export type Course = {
  /** How many have ever said this reason. */
  count(reason: string): number
  /** Reason → by `performance.now()`, for the request of this name. */
  times(name: string): ReadonlyMap<string, number>
  /** Resolves once so many have said it. */
  until(reason: string, count: number): Promise<void>
  stop(): Promise<void>
}

export async function watchCourse(admin: Transport): Promise<Course> {
  const times = new Map<string, Map<string, number>>()
  const counts = new Map<string, number>()
  const waiting = new Set<() => void>()
  const countOf = (reason: string): number => counts.get(reason) ?? 0
  const reflector = new Reflector<ApprovalRequest>({
    source: resource<ApprovalRequest>(admin, kinds.approvalRequests),
    clock: systemClock,
    onChange: (_, request) => {
      const reason = request && summaryOf(request)?.reason
      if (request === undefined || reason === undefined) return
      const reached = times.get(request.metadata.name) ?? new Map<string, number>()
      if (reached.has(reason)) return
      times.set(request.metadata.name, reached.set(reason, performance.now()))
      counts.set(reason, countOf(reason) + 1)
      for (const look of waiting) look()
    },
  })
  reflector.start()
  await reflector.hasSynced
  return {
    count: countOf,
    times: (name) => times.get(name) ?? new Map(),
    until: (reason, count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (countOf(reason) < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    stop: () => reflector.stop(),
  }
}
