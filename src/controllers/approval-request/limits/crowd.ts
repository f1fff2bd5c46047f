/** The requests that wait for a prompt, or hold one, by whom and where they were made. */
import type { ApprovalRequest } from '../../../api/objects.ts'
import { queuesBehindRequest } from '../../../core/limits/queues.ts'

/** Counts open requests by queue: of a requester, and of a namespace. */
export type Crowd = {
  readonly join: (request: ApprovalRequest) => void
  /** @returns whether it was in */
  readonly leave: (request: ApprovalRequest) => boolean
  /** How many others than `uid` are in, of those in each other's way by this queue. */
  readonly others: (queue: string, uid: string) => number
}

/** An empty crowd. A request is counted by uid, once in each of its queues. */
export function createCrowd(): Crowd {
  const members = new Map<string, Set<string>>()
  return {
    join: (request) => {
      for (const queue of queuesBehindRequest(request))
        members.set(queue, (members.get(queue) ?? new Set()).add(uidOf(request)))
    },
    leave: (request) => {
      let wasIn = false
      for (const queue of queuesBehindRequest(request)) {
        wasIn = members.get(queue)?.delete(uidOf(request)) ?? false
        if (members.get(queue)?.size === 0) members.delete(queue)
      }
      return wasIn
    },
    others: (queue, uid) => {
      const all = members.get(queue)
      return (all?.size ?? 0) - (all?.has(uid) === true ? 1 : 0)
    },
  }
}

function uidOf({ metadata }: ApprovalRequest): string {
  return metadata.uid ?? ''
}
