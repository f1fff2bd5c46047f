/** A Rollout and the ServiceAccount that asks, with annotations that a test writes. */
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import type { AnnotatedObjects } from '../../../../src/core/ports/annotated.ts'
import type { Resource } from '../../../../src/core/ports/cluster.ts'
import { annotatedObjects } from '../../../../src/kubernetes/annotated-objects.ts'

type Annotations = Readonly<Record<string, string>>

/** Of the Rollout, and of the ServiceAccount; undefined: it does not exist. */
export type AnnotationsOfTest = { annotations?: Annotations; agentAnnotations?: Annotations }

export function annotatedAs(subject: AnnotationsOfTest): AnnotatedObjects {
  return annotatedObjects({
    rollouts: annotatedBy('Rollout', () => subject.annotations),
    serviceAccounts: annotatedBy('ServiceAccount', () => subject.agentAnnotations),
  })
}

function annotatedBy(
  kind: string,
  annotations: () => Annotations | undefined,
): Pick<Resource<KubernetesObject>, 'get'> {
  return {
    get: ({ name }) => {
      const found = annotations()
      return Promise.resolve(found && { apiVersion: 'v1', kind, metadata: { name, annotations: found } })
    },
  }
}
