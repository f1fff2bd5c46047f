/** An API server that holds one Lease, and remembers who has held it. */
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { apiErrorFrom } from '../../../../src/kubernetes/client/api-error.ts'
import type { ApiRequest } from '../../../../src/kubernetes/client/connections.ts'
import type { Predecessor } from '../../../../src/kubernetes/lease.ts'
import type { Transport } from '../../../../src/kubernetes/client/transport.ts'

export type LeaseServer = {
  /** @throws KubernetesApiError as the API server would answer */
  answer(request: ApiRequest): unknown
  /** Who holds it, or held it last, now writes another name, whatever was there; empty for nobody. */
  hand(identity: string): void
  /** What was there when this identity took the lease last. */
  predecessorOf(identity: string): Predecessor | undefined
}

type Lease = KubernetesObject & { readonly spec: { readonly holderIdentity: string } }

export function aLeaseServer(): LeaseServer {
  let present: Lease | undefined
  let writes = 0
  const predecessors = new Map<string, Predecessor>()
  const store = (lease: Lease): Lease => {
    const { holderIdentity } = lease.spec
    if (holderIdentity !== present?.spec.holderIdentity)
      predecessors.set(holderIdentity, predecessorIn(present))
    writes += 1
    present = { ...lease, metadata: { ...lease.metadata, uid: 'the-lease', resourceVersion: String(writes) } }
    return present
  }
  return {
    predecessorOf: (identity) => predecessors.get(identity),
    hand: (holderIdentity) => {
      const lease = present ?? {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'election' },
      }
      store({ ...lease, spec: { ...present?.spec, holderIdentity } })
    },
    answer: ({ method, body }) => {
      const lease = body as Lease
      if (method === 'GET') return present ?? refuse(404, 'NotFound')
      if (method === 'POST') return present === undefined ? store(lease) : refuse(409, 'AlreadyExists')
      if (lease.metadata.resourceVersion === present?.metadata.resourceVersion) return store(lease)
      return refuse(409, 'Conflict')
    },
  }
}

/** For what is only asked and answered. */
export function transportBy(answer: (request: ApiRequest) => Promise<unknown>): Transport {
  return {
    request: answer,
    stream: () => Promise.reject(new Error('nobody watches here')),
    close: () => Promise.resolve(),
  }
}

function predecessorIn(lease: Lease | undefined): Predecessor {
  if (lease === undefined) return 'None'
  return lease.spec.holderIdentity === '' ? 'Released' : 'Silent'
}

function refuse(status: number, reason: string): never {
  throw apiErrorFrom({ kind: 'Status', code: status, reason, message: reason }, { status })
}
