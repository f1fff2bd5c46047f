/** Counts what lasts until a moment, in all and by group. What is over is dropped when somebody looks: no timer, no scan. */
import { Heap } from '../../../runtime/heap.ts'

/** Entries that each count until a time of their own, in milliseconds since 1970. */
export type Window = {
  /** Takes the place of what was there by this id. */
  set(id: string, group: string, untilMs: number): void
  delete(id: string): void
  /** Of one group, or of all. */
  count(nowMs: number, group?: string): number
  /** The ids of what is counted, in no order. */
  ids(nowMs: number, group?: string): readonly string[]
  /** When each of them ends, earliest first. */
  endsMs(nowMs: number, group?: string): readonly number[]
}

type Entry = { readonly id: string; readonly group: string; readonly dueMs: number; place: number }

/** An empty window. */
export function createWindow(): Window {
  const entries = new Map<string, Entry>()
  const groups = new Map<string, number>()
  const heap = new Heap<Entry>()
  const drop = (entry: Entry): void => {
    entries.delete(entry.id)
    heap.remove(entry)
    const left = (groups.get(entry.group) ?? 1) - 1
    if (left === 0) groups.delete(entry.group)
    else groups.set(entry.group, left)
  }
  const remove = (id: string): void => {
    const entry = entries.get(id)
    if (entry !== undefined) drop(entry)
  }
  const prune = (nowMs: number): void => {
    for (let next = heap.first; next !== undefined && next.dueMs <= nowMs; next = heap.first) drop(next)
  }
  return {
    set: (id, group, untilMs) => {
      remove(id)
      const entry = { id, group, dueMs: untilMs, place: 0 }
      entries.set(id, entry)
      heap.add(entry)
      groups.set(group, (groups.get(group) ?? 0) + 1)
    },
    delete: remove,
    count: (nowMs, group) => {
      prune(nowMs)
      return group === undefined ? entries.size : (groups.get(group) ?? 0)
    },
    ids: (nowMs, group) => {
      prune(nowMs)
      return [...entries.values()].flatMap((entry) =>
        group === undefined || entry.group === group ? [entry.id] : [],
      )
    },
    endsMs: (nowMs, group) => {
      prune(nowMs)
      const counted = [...entries.values()].filter((entry) => group === undefined || entry.group === group)
      return counted.map(({ dueMs }) => dueMs).toSorted((a, b) => a - b)
    },
  }
}
