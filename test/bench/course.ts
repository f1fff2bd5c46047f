/** Notes when each ApprovalRequest has reached what, as watches tell it. */
import { tokenSecretType } from '../../src/api/names.ts'
import type { ApprovalRequest, Secret } from '../../src/api/objects.ts'
import { summaryOf } from '../../src/core/request/conditions.ts'
import { kinds } from '../../src/kubernetes/client/kinds.ts'
import type { Selection } from '../../src/kubernetes/watch/listing.ts'
import { Reflector } from '../../src/kubernetes/watch/reflector.ts'
import { resource } from '../../src/kubernetes/client/resource.ts'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
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

/** What a request has reached when its token's Secret is there. */
export const tokenStored = 'TokenStored'

/** @param selection which requests and Secrets; all unless told */
export async function watchCourse(admin: Transport, selection: Selection = {}): Promise<Course> {
  const times = new Map<string, Map<string, number>>()
  const counts = new Map<string, number>()
  const waiting = new Set<() => void>()
  const countOf = (reason: string): number => counts.get(reason) ?? 0
  const note = (name: string, reason: string): void => {
    const reached = times.get(name) ?? new Map<string, number>()
    if (reached.has(reason)) return
    times.set(name, reached.set(reason, performance.now()))
    counts.set(reason, countOf(reason) + 1)
    for (const look of waiting) look()
  }
  const requests = new Reflector<ApprovalRequest>({
    source: resource<ApprovalRequest>(admin, kinds.approvalRequests),
    selection,
    clock: systemClock,
    onChange: (_, request) => {
      const reason = request && summaryOf(request)?.reason
      if (request !== undefined && reason !== undefined) note(request.metadata.name, reason)
    },
  })
  const secrets = new Reflector<Secret>({
    source: resource<Secret>(admin, kinds.secrets),
    selection,
    clock: systemClock,
    onChange: (_, secret) => {
      const [owner] = secret?.metadata.ownerReferences ?? []
      if (secret?.type === tokenSecretType && owner !== undefined) note(owner.name, tokenStored)
    },
  })
  const watches = [requests, secrets]
  for (const watch of watches) watch.start()
  await Promise.all(watches.map(({ hasSynced }) => hasSynced))
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
    stop: async () => {
      await Promise.all(watches.map((watch) => watch.stop()))
    },
  }
}
