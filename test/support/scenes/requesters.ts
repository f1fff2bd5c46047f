/** Many requesters of one cluster: each request is made by the administrator, or in the name of somebody else. */
import assert from 'node:assert/strict'
import { apiVersion } from '../../../src/api/names.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import type { Question } from '../clusters/question.ts'
import type { ClusterScene } from './cluster-scene.ts'

type Asking = { readonly by?: string; readonly about?: string }

export type Requesters = {
  /** Another request beside the question's first, by the administrator or by a ServiceAccount. */
  request(question: Question, name: string, asking?: Asking): Promise<ApprovalRequest>
  readonly current: (request: ApprovalRequest) => Promise<ApprovalRequest | undefined>
  close(): Promise<void>
}

export function requestersOf({ controlPlane, operator }: ClusterScene): Requesters {
  const transports: Transport[] = []
  const requestsAs = (username: string): KubernetesResource<ApprovalRequest> => {
    const administrator = credentialsFrom(controlPlane.kubeconfig)
    const transport = createTransport({
      async current() {
        const credentials = await administrator.current()
        const headers = { 'Impersonate-User': username, 'Impersonate-Group': 'system:masters' }
        return { ...credentials, headers: { ...credentials.headers, ...headers } }
      },
      reload: () => undefined,
    })
    transports.push(transport)
    return resource(transport, kinds.approvalRequests)
  }
  return {
    request: async ({ name: namespace }, name, { by, about = 'foo-v2' } = {}) => {
      const requests = by === undefined ? operator.requests : requestsAs(by)
      const created = await requests.create(requestObject({ namespace, name, by, about }))
      assert.ok(created.kind === 'Applied', JSON.stringify(created))
      return created.object
    },
    current: ({ metadata }) =>
      operator.requests.get({ namespace: metadata.namespace ?? '', name: metadata.name }),
    close: async () => {
      for (const transport of transports) await transport.close()
    },
  }
}

type Named = {
  readonly namespace: string
  readonly name: string
  readonly by: string | undefined
  readonly about: string
}

function requestObject({ namespace, name, by, about }: Named): ApprovalRequest {
  return {
    apiVersion,
    kind: 'ApprovalRequest',
    metadata: { namespace, name },
    spec: {
      requester: { username: by ?? 'whoever' },
      action: namespace,
      target: { kind: 'Rollout', name: about },
      environment: 'prod',
      summary: 'Approve',
    },
  }
}
