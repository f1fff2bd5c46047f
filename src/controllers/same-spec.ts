import type { KubernetesObject } from '../api/objects.ts'

/** Whether two versions, as a watch shows them, are one object with one spec: what differs then is its status or metadata. */
export function isSameSpec(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): boolean {
  const [was, is] = [before?.metadata, after?.metadata]
  return was?.uid === is?.uid && was?.generation === is?.generation
}
