/** Annotations of live objects, of the kinds that the operator can read. */
import { argoApiVersion } from '../api/argo-rollouts.ts'
import type { KubernetesObject } from '../api/objects.ts'
import type { ObjectKey } from '../core/ports/cluster.ts'
import { serviceAccountOf } from '../core/policy/subject.ts'
import { annotatedTargetKind } from '../core/ports/annotated.ts'
import type { Annotated, AnnotatedObjects } from '../core/ports/annotated.ts'
import { KubernetesApiError } from './client/api-error.ts'
import type { KubernetesResource } from './client/resource.ts'

/** The API server; nothing of it is cached. */
export type AnnotatedSources = {
  readonly rollouts: Pick<KubernetesResource<KubernetesObject>, 'get'>
  readonly serviceAccounts: Pick<KubernetesResource<KubernetesObject>, 'get'>
}

/** Reads Rollouts in the request's own namespace, and ServiceAccounts where the requester is one. */
export function annotatedObjects({ rollouts, serviceAccounts }: AnnotatedSources): AnnotatedObjects {
  return {
    async target({ metadata, spec }) {
      const { apiVersion, kind, name } = spec.target
      if (kind !== annotatedTargetKind || (apiVersion !== undefined && apiVersion !== argoApiVersion))
        return {
          kind: 'Unreadable',
          why: `the operator reads that of Rollouts (${argoApiVersion}) only, and the target is ${kind} ${name}${apiVersion === undefined ? '' : ` (${apiVersion})`}`,
        }
      return read(rollouts, { kind, key: { namespace: metadata.namespace ?? '', name } })
    },
    async agent({ spec }) {
      const key = serviceAccountOf(spec.requester.username)
      return key && read(serviceAccounts, { kind: 'ServiceAccount', key })
    },
  }
}

type Wanted = { readonly kind: string; readonly key: ObjectKey & { readonly namespace: string } }

async function read(
  from: Pick<KubernetesResource<KubernetesObject>, 'get'>,
  { kind, key }: Wanted,
): Promise<Annotated> {
  const at = `${kind} ${key.namespace}/${key.name}`
  try {
    const object = await from.get(key)
    if (object === undefined) return { kind: 'Unreadable', why: `${at} does not exist` }
    const { annotations = {} } = object.metadata
    const writers = `anyone who may edit ${kind}s in ${key.namespace} can write this`
    return { kind: 'Read', at, writers, annotations }
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.status !== 403) throw error
    return { kind: 'Unreadable', why: `the operator may not read ${at}` }
  }
}
