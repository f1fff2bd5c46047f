/** All objects of one kind, as a watch tells them; and waiting until they are as wanted. */
import type { KubernetesObject } from '../../../src/api/objects.ts'
import type { ResourceType } from '../../../src/kubernetes/client/paths.ts'
import { Reflector } from '../../../src/kubernetes/watch/reflector.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { soon } from './patience.ts'

export type Watched<T extends KubernetesObject> = {
  /** As they are now, oldest first. */
  in(namespace: string): readonly T[]
  /** Resolves with what `find` finds in the namespace, once it finds something. */
  until<Found>(namespace: string, find: (objects: readonly T[]) => Found | undefined): Promise<Found>
  stop(): Promise<void>
}

export async function watched<T extends KubernetesObject>(
  transport: Transport,
  type: ResourceType,
): Promise<Watched<T>> {
  const waiting = new Set<() => void>()
  const reflector = new Reflector<T>({
    source: resource<T>(transport, type),
    clock: systemClock,
    onChange: () => {
      for (const look of waiting) look()
    },
  })
  const inNamespace = (namespace: string): readonly T[] =>
    reflector
      .list()
      .filter(({ metadata }) => metadata.namespace === namespace)
      .toSorted((one, other) => ageOf(one).localeCompare(ageOf(other)))
  reflector.start()
  await reflector.hasSynced
  return {
    in: inNamespace,
    until: async (namespace, find) => {
      const { promise, resolve } = Promise.withResolvers<NonNullable<ReturnType<typeof find>>>()
      const look = (): void => {
        const found = find(inNamespace(namespace))
        if (found !== undefined && found !== null) resolve(found)
      }
      waiting.add(look)
      look()
      try {
        return await soon(promise, () => JSON.stringify(inNamespace(namespace)))
      } finally {
        waiting.delete(look)
      }
    },
    stop: () => reflector.stop(),
  }
}

function ageOf({ metadata }: KubernetesObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`
}
