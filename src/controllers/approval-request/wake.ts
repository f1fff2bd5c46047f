/** Which requests need a reconcile when something in the cluster has changed. */
import { isDeepStrictEqual } from 'node:util'
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  IdentityProvider,
  Namespace,
} from '../../api/objects.ts'
import { hasNewMembers } from '../../core/approver-group/news.ts'
import { canBeAsked } from '../../core/identity-provider/ambiguity.ts'
import { isSameSpec } from '../same-spec.ts'
import type { Dependencies } from './dependencies.ts'
import { dropRedeemed } from './steps/drop-redeemed.ts'
import { uidOf } from './observe.ts'
import { queueKeyOf } from './queue-key.ts'

/** `before` is undefined for a new object, `after` for a deleted one. */
export type Waker = {
  requestChanged(before: ApprovalRequest | undefined, after: ApprovalRequest | undefined): void
  namespaceChanged(before: Namespace | undefined, after: Namespace | undefined): void
  policyChanged(before: ApprovalPolicy | undefined, after: ApprovalPolicy | undefined): void
  providerChanged(before: IdentityProvider | undefined, after: IdentityProvider | undefined): void
  groupChanged(before: ApproverGroup | undefined, after: ApproverGroup | undefined): void
}

type Watched = Pick<Dependencies, 'memory'> & {
  readonly slots: Pick<Dependencies['slots'], 'gone' | 'seen'>
  readonly caches: Pick<Dependencies['caches'], 'requests'>
}

/** Each puts a request's key into the work queue: with what is new, or with what is due. */
export type Wakes = {
  readonly soon: (key: string) => void
  readonly now: (key: string) => void
  /** Has this done at once, and then not again for a while for the same name: the owner of a namespace may change its labels all the time. */
  readonly withRests: (run: (name: string) => void) => (name: string) => void
}

/** Wakes the requests that a change may let proceed, and no others. Call it before the watches start: it creates an index. */
export function createWaker({ caches, memory, slots }: Watched, wake: Wakes): Waker {
  const retry = (request: ApprovalRequest): void => {
    memory.retryNow(uidOf(request))
    wake.soon(queueKeyOf(request))
  }
  const open = caches.requests.indexed(circumstancesOf)
  const wakeEach = (circumstance: string): void => {
    for (const request of open(circumstance)) retry(request)
  }
  const wakeNamespace = wake.withRests((name) => {
    wakeEach(unaskedIn(name))
  })
  /** A token that is on its way to its Secret is revoked: nobody waits for it any more. */
  const drop = (uid: string): void => {
    const revoked = dropRedeemed({ memory }, uid)
    memory.forget(uid)
    // Best effort, as everywhere: a provider that is down revokes nothing.
    revoked.catch(() => undefined)
  }
  return {
    requestChanged(before, after) {
      const request = after ?? before
      if (request === undefined) return
      if (isPinged(before, after)) wake.now(queueKeyOf(request))
      else wake.soon(queueKeyOf(request))
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) {
        slots.gone(memory.written(uidOf(before)) ?? before)
        drop(uidOf(before))
      }
      if (after !== undefined) slots.seen(after)
    },
    namespaceChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      if (name !== undefined && !isSameToPolicies(before, after)) wakeNamespace(name)
    },
    policyChanged(before, after) {
      if (!isSameSpec(before, after)) wakeEach(unasked)
    },
    providerChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      if (isSameSpec(before, after) && !hasBecomeReady(before, after) && supportsTheSame(before, after))
        return
      wakeEach(unasked)
      if (name !== undefined) wakeEach(askedThrough(name))
    },
    groupChanged(before, after) {
      if (hasNewMembers(before, after)) wakeEach(unasked)
    },
  }
}

/** What an open request may wait for: to look at all that are open for each change would keep them waiting. */
function circumstancesOf({ metadata, status }: ApprovalRequest): readonly string[] {
  if (status?.outcome !== undefined) return []
  if (status?.effective !== undefined) return [askedThrough(status.effective.identityProvider)]
  return [unasked, unaskedIn(metadata.namespace ?? '')]
}

/** Later its terms are fixed, and it may be backing off as its provider told it to. */
const unasked = 'unasked'

function unaskedIn(namespace: string): string {
  return `unasked in ${namespace}`
}

function askedThrough(provider: string): string {
  return `asked through ${provider}`
}

function hasBecomeReady(before: IdentityProvider | undefined, after: IdentityProvider | undefined): boolean {
  return after !== undefined && canBeAsked(after) && !(before !== undefined && canBeAsked(before))
}

/** Policies may require what the provider has not supported before. */
function supportsTheSame(before: IdentityProvider | undefined, after: IdentityProvider | undefined): boolean {
  return isDeepStrictEqual(before?.status?.acrValuesSupported, after?.status?.acrValuesSupported)
}

/** Policies select Namespaces by their labels. */
function isSameToPolicies(before: Namespace | undefined, after: Namespace | undefined): boolean {
  if (before?.metadata.uid !== after?.metadata.uid) return false
  return isDeepStrictEqual(before?.metadata.labels, after?.metadata.labels)
}

/** A person has answered, and the token request is due. */
function isPinged(before: ApprovalRequest | undefined, after: ApprovalRequest | undefined): boolean {
  const known = before?.status?.prompts ?? []
  return (after?.status?.prompts ?? []).some(
    ({ id, pingedAt }) =>
      pingedAt !== undefined && known.find((prompt) => prompt.id === id)?.pingedAt === undefined,
  )
}
