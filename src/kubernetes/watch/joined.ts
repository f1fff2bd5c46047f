import type { KubernetesObject } from '../../api/objects.ts'
import type { IndexedCache, ObjectKey, ValuesOf } from '../../core/ports/cluster.ts'
import type { Reflector } from './reflector.ts'

/** A cache and the watch, or watches, that fill it. */
export type Watch<T extends KubernetesObject> = IndexedCache<T> &
  Pick<Reflector<T>, 'hasSynced' | 'isSynced' | 'silentSeconds' | 'start' | 'stop'>

/**
 * Several reflectors as one watch, each of objects that no other has: of a namespace, for example. `silentSeconds` is that of
 * the one that is silent longest.
 */
export function joined<T extends KubernetesObject>(reflectors: readonly Reflector<T>[]): Watch<T> {
  const [only] = reflectors
  if (only !== undefined && reflectors.length === 1) return only
  return {
    hasSynced: Promise.all(reflectors.map(({ hasSynced }) => hasSynced)).then(() => undefined),
    get isSynced() {
      return reflectors.every(({ isSynced }) => isSynced)
    },
    get silentSeconds() {
      return Math.max(...reflectors.map(({ silentSeconds }) => silentSeconds))
    },
    get: (key: ObjectKey) => firstOf(reflectors, key),
    list: () => reflectors.flatMap((reflector) => reflector.list()),
    // Each reflector keeps one for the same function.
    indexed: (valuesOf: ValuesOf<T>) => {
      const indexes = reflectors.map((reflector) => reflector.indexed(valuesOf))
      return function* (value) {
        for (const index of indexes) yield* index(value)
      }
    },
    names: () => reflectors.flatMap((reflector) => reflector.names()),
    get size() {
      return reflectors.reduce((sum, { size }) => sum + size, 0)
    },
    start() {
      for (const reflector of reflectors) reflector.start()
    },
    async stop() {
      await Promise.all(reflectors.map((reflector) => reflector.stop()))
    },
  }
}

function firstOf<T extends KubernetesObject>(
  reflectors: readonly Reflector<T>[],
  key: ObjectKey,
): T | undefined {
  for (const reflector of reflectors) {
    const found = reflector.get(key)
    if (found !== undefined) return found
  }
  return undefined
}
