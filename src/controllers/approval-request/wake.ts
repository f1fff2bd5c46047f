/** Which requests need a pass when something in the cluster has changed. */
import type {
  ApprovalPolicy,
  ApprovalRequest,
  IdentityProvider,
  KubernetesObject,
  Namespace,
} from '../../api/objects.ts'
import { summaryOf } from '../../core/approval/conditions.ts'
import { isReady } from '../../core/condition.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { Dependencies } from './dependencies.ts'
import { uidOf } from './observe.ts'

/** `before` is undefined for a new object, `after` for a deleted one. */
export type Waker = {
  requestChanged(before: ApprovalRequest | undefined, after: ApprovalRequest | undefined): void
  namespaceChanged(before: Namespace | undefined, after: Namespace | undefined): void
  policyChanged(before: ApprovalPolicy | undefined, after: ApprovalPolicy | undefined): void
  providerChanged(before: IdentityProvider | undefined, after: IdentityProvider | undefined): void
}

type Watched = Pick<Dependencies, 'memory'> & { readonly caches: Pick<Dependencies['caches'], 'requests'> }

/** Each puts a request's key into the work queue: with what is new, or with what is due. */
export type Wakes = { readonly soon: (key: string) => void; readonly now: (key: string) => void }

export function createWaker({ caches, memory }: Watched, wake: Wakes): Waker {
  /** By uid; so that an answer does not cost a look at everything that is open. */
  const throttled = new Map<string, ApprovalRequest>()
  const retry = (request: ApprovalRequest): void => {
    memory.retryNow(uidOf(request))
    wake.soon(queueKeyOf(request))
  }
  const wakeEach = (isAffected: (request: ApprovalRequest) => boolean): void => {
    for (const request of caches.requests.list().filter(isOpen).filter(isAffected)) retry(request)
  }
  const wakeThrottled = ({ spec }: ApprovalRequest): void => {
    for (const request of throttled.values())
      if (request.spec.requester.username === spec.requester.username) retry(request)
  }
  return {
    requestChanged(before, after) {
      const request = after ?? before
      if (request === undefined) return
      if (isPinged(before, after)) wake.now(queueKeyOf(request))
      else wake.soon(queueKeyOf(request))
      const isGone = before !== undefined && before.metadata.uid !== after?.metadata.uid
      if (isGone) memory.forget(uidOf(before))
      if (before !== undefined) throttled.delete(uidOf(before))
      if (after !== undefined && isThrottled(after)) throttled.set(uidOf(after), after)
      if (isGone) wakeThrottled(before)
      else if (after !== undefined && !isOpen(after)) wakeThrottled(after)
    },
    namespaceChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      wakeEach((request) => request.metadata.namespace === name && isUnasked(request))
    },
    policyChanged(before, after) {
      if (!isSameSpec(before, after)) wakeEach(isUnasked)
    },
    providerChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      if (isSameSpec(before, after) && !hasBecomeReady(before, after)) return
      wakeEach((request) => isUnasked(request) || request.status?.effective?.identityProvider === name)
    },
  }
}

export function queueKeyOf({ metadata }: ApprovalRequest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

export function objectKeyOf(queueKey: string): ObjectKey {
  const [namespace = '', name = ''] = queueKey.split('/')
  return { namespace, name }
}

function isOpen({ status }: ApprovalRequest): boolean {
  return status?.outcome === undefined
}

/** Later its terms are fixed, and it may be backing off as its provider told it to. */
function isUnasked({ status }: ApprovalRequest): boolean {
  return status?.effective === undefined
}

function isSameSpec(before: KubernetesObject | undefined, after: KubernetesObject | undefined): boolean {
  const [was, is] = [before?.metadata, after?.metadata]
  return was?.uid === is?.uid && was?.generation === is?.generation
}

function hasBecomeReady(before: IdentityProvider | undefined, after: IdentityProvider | undefined): boolean {
  return after !== undefined && isReady(after) && !(before !== undefined && isReady(before))
}

/** A person has answered, and the token request is due. */
function isPinged(before: ApprovalRequest | undefined, after: ApprovalRequest | undefined): boolean {
  const [was, is] = [before?.status?.prompts?.[0], after?.status?.prompts?.[0]]
  return is?.pingedAt !== undefined && was?.pingedAt === undefined
}

function isThrottled(request: ApprovalRequest): boolean {
  return summaryOf(request)?.reason === 'Throttled'
}
