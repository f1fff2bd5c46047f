/** What an API server adds to an object of its own accord. */
import type { KubernetesObject } from '../../../tools/chart/render.ts'

/** Every object has these. */
const own = /^(status|metadata\.(creationTimestamp|generation|uid|resourceVersion|managedFields))(\.|$)/

/** @returns paths of what the stored object holds and the given one does not, such as `spec.matchConstraints.matchPolicy` */
export function defaultedIn(given: KubernetesObject, stored: KubernetesObject): readonly string[] {
  return added(given, stored, '').filter((path) => !own.test(path))
}

function added(given: unknown, stored: unknown, path: string): readonly string[] {
  if (typeof stored !== 'object' || stored === null) return []
  const before = (typeof given === 'object' && given !== null ? given : {}) as Readonly<
    Record<string, unknown>
  >
  return Object.entries(stored).flatMap(([name, value]: [string, unknown]) => {
    const here = path === '' ? name : `${path}.${name}`
    return before[name] === undefined ? [here] : added(before[name], value, here)
  })
}
