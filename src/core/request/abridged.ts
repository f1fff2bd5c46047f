/** What is kept of a request while it waits. Whoever may ask may ask much: 20,000 times 43 KB, with a megabyte of labels each. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { digestOf } from '../../api/digest.ts'

/** In bytes of JSON. A gate's request has about 700, an agent's with a reason and some evidence 1,500. */
const largestSpec = 2048

/** A request without what the operator never looks at: labels, annotations, finalizers, owners, who wrote which field. */
export function essentialsOf({ apiVersion, kind, metadata, spec, status }: ApprovalRequest): ApprovalRequest {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata
  return {
    ...{ apiVersion, kind, spec },
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(generation !== undefined && { generation }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    ...(status !== undefined && { status }),
  }
}

/**
 * What a watch keeps: of a large request only what decides what comes next, in a few hundred bytes, and the digest of the whole.
 * Before anything is done about it, it is read from the API server.
 */
export function abridged(request: ApprovalRequest): ApprovalRequest {
  const essentials = essentialsOf(request)
  if (Buffer.byteLength(JSON.stringify(request.spec)) <= largestSpec) return essentials
  const { requester, action, target, environment, summary, token, requestedExpiry, ttlAfterFinished } =
    request.spec
  return {
    ...essentials,
    spec: {
      ...{ requester, action, target, environment, summary },
      ...(token !== undefined && { token }),
      ...(requestedExpiry !== undefined && { requestedExpiry }),
      ...(ttlAfterFinished !== undefined && { ttlAfterFinished }),
    },
    abridged: { digest: digestOf(request) },
  }
}
