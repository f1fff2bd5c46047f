/** Requests that wait for the same, oldest first. Only the first is woken; when it leaves, it wakes the next. */
import type { ApprovalRequest } from '../../../api/objects.ts'
import { queueKeyOf } from '../queue-key.ts'

/** Lines of requests by what they wait for; a request is in one line at most. */
export type WaitingLines = {
  /** Joins this line, and leaves the one that it was in. */
  join(line: string, request: ApprovalRequest): void
  leave(uid: string): void
  lineOf(uid: string): string | undefined
  /** How many older requests are in this line. */
  ahead(line: string, request: ApprovalRequest): number
  wakeFirst(line: string): void
}

type Waiting = { readonly line: string; readonly place: string; readonly key: string }

/** @param wake has the request of this work queue's key reconciled */
export function createWaitingLines(wake: (key: string) => void): WaitingLines {
  const lines = new Map<string, Waiting[]>()
  const waiting = new Map<string, Waiting>()
  const wakeFirst = (line: string): void => {
    const first = lines.get(line)?.[0]
    if (first !== undefined) wake(first.key)
  }
  const leave = (uid: string): void => {
    const entry = waiting.get(uid)
    if (entry === undefined) return
    waiting.delete(uid)
    const line = lines.get(entry.line) ?? []
    line.splice(indexOf(line, entry.place), 1)
    if (line.length === 0) lines.delete(entry.line)
    else wakeFirst(entry.line)
  }
  return {
    leave,
    wakeFirst,
    join: (line, request) => {
      const uid = request.metadata.uid ?? ''
      if (waiting.get(uid)?.line === line) return
      leave(uid)
      const entry = { line, place: placeOf(request), key: queueKeyOf(request) }
      const others = lines.get(line) ?? []
      others.splice(indexOf(others, entry.place), 0, entry)
      lines.set(line, others)
      waiting.set(uid, entry)
    },
    lineOf: (uid) => waiting.get(uid)?.line,
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
