/** Reads of one object for everyone who wants it at once. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesObject } from '../../api/objects.ts'
import type { ObjectKey, Reads } from '../../core/ports/cluster.ts'

/**
 * Nobody gets what was read before they asked: while one read is under way, all who come wait for the next one, and share it. So each
 * answer is as new as with a read of one's own.
 *
 * @param options `patienceMs`: longer than that nobody waits for a read that was under way before, whose connection may hang
 */
export function sharedReads<T extends KubernetesObject>(
  source: Reads<T>,
  { patienceMs = 1000 }: { readonly patienceMs?: number } = {},
): Reads<T> {
  const lines = new Map<string, Line<T>>()
  const begin = (key: ObjectKey): Read<T> => {
    const name = nameOf(key)
    const line: Line<T> = { underWay: source.get(key) }
    lines.set(name, line)
    const end = (): void => {
      if (lines.get(name) === line && line.next === undefined) lines.delete(name)
    }
    void line.underWay.then(end, end)
    return line.underWay
  }
  return {
    get: (key) => {
      const line = lines.get(nameOf(key))
      return line === undefined
        ? begin(key)
        : (line.next ??= endOf(line.underWay, patienceMs).then(() => begin(key)))
    },
  }
}

type Read<T extends KubernetesObject> = ReturnType<Reads<T>['get']>
type Line<T extends KubernetesObject> = { readonly underWay: Read<T>; next?: Read<T> }

function nameOf({ namespace = '', name }: ObjectKey): string {
  return `${namespace}/${name}`
}

/** However it ends, or after a while. */
async function endOf(read: Promise<unknown>, patienceMs: number): Promise<void> {
  const ended = new AbortController()
  const patience = sleep(patienceMs, undefined, { signal: ended.signal, ref: false })
  await Promise.allSettled([Promise.race([read, patience])])
  ended.abort()
  await Promise.allSettled([patience])
}
