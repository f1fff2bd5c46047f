/** Requests that wait for the same, oldest first. Only the first is woken; when it leaves, it wakes the next. */
import type { ApprovalRequest } from '../../../api/objects.ts'
import { queueKeyOf } from '../queue-key.ts'

/** Lines of requests by what they wait for. One that several people are to be asked about may wait in several. */
export type WaitingLines = {
  /** Is in these lines from now on, and leaves those that it was in besides. */
  join(lines: readonly string[], request: ApprovalRequest): void
  leave(uid: string): void
  /** How many older requests are in this line. */
  ahead(line: string, request: ApprovalRequest): number
  wakeFirst(line: string): void
}

type Waiting = { readonly place: string; readonly key: string }

/** @param wake has the request of this work queue's key reconciled */
export function createWaitingLines(wake: (key: string) => void): WaitingLines {
  const lines = new Map<string, Waiting[]>()
  const waiting = new Map<string, Waiting & { readonly lines: readonly string[] }>()
  const wakeFirst = (line: string): void => {
    const first = lines.get(line)?.[0]
    if (first !== undefined) wake(first.key)
  }
  const leaveOne = (name: string, place: string): void => {
    const line = lines.get(name) ?? []
    line.splice(indexOf(line, place), 1)
    if (line.length === 0) lines.delete(name)
    else wakeFirst(name)
  }
  const enter = (name: string, entry: Waiting): void => {
    const line = lines.get(name) ?? []
    line.splice(indexOf(line, entry.place), 0, entry)
    lines.set(name, line)
  }
  return {
    wakeFirst,
    leave: (uid) => {
      const entry = waiting.get(uid)
      waiting.delete(uid)
      for (const line of entry?.lines ?? []) leaveOne(line, entry?.place ?? '')
    },
    join: (joined, request) => {
      const uid = request.metadata.uid ?? ''
      const before = waiting.get(uid)?.lines ?? []
      const entry = { place: placeOf(request), key: queueKeyOf(request), lines: joined }
      waiting.set(uid, entry)
      for (const line of joined) if (!before.includes(line)) enter(line, entry)
      for (const line of before) if (!joined.includes(line)) leaveOne(line, entry.place)
    },
    ahead: (line, request) => indexOf(lines.get(line) ?? [], placeOf(request)),
  }
}

/** By age; the API server's timestamps are whole seconds, so the uid decides within one. */
function placeOf({ metadata }: ApprovalRequest): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`
}

/** Where this place is, or would be. */
function indexOf(line: readonly Waiting[], place: string): number {
  let low = 0
  let high = line.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((line[middle]?.place ?? '') < place) low = middle + 1
    else high = middle
  }
  return low
}
