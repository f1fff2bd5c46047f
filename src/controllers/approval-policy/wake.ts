/** Which policies need a reconcile when a policy, an IdentityProvider or a Namespace has changed. */
import { isDeepStrictEqual } from 'node:util'
import type { ApprovalPolicy, ApproverGroup, IdentityProvider, Namespace } from '../../api/objects.ts'
import { isSameSpec } from '../same-spec.ts'
import { readyOf } from '../../core/condition.ts'
import { selectsNamespace } from '../../core/policy/match.ts'
import { groupsIn } from '../../core/policy/approvers.ts'
import { mayOverlap } from '../../core/policy/overlap.ts'
import type { Cache } from '../../core/ports/cluster.ts'

/** `before` is undefined for a new object, `after` for a deleted one. */
export type PolicyWaker = {
  policyChanged(before: ApprovalPolicy | undefined, after: ApprovalPolicy | undefined): void
  providerChanged(before: IdentityProvider | undefined, after: IdentityProvider | undefined): void
  groupChanged(before: ApproverGroup | undefined, after: ApproverGroup | undefined): void
  namespaceChanged(before: Namespace | undefined, after: Namespace | undefined): void
}

/** Wakes the policies that a change affects, and no others. @param wake called with the name of each */
export function createPolicyWaker(
  policies: Cache<ApprovalPolicy>,
  wake: (name: string) => void,
): PolicyWaker {
  const wakeEach = (isAffected: (policy: ApprovalPolicy) => boolean): void => {
    for (const policy of policies.list().filter(isAffected)) wake(policy.metadata.name)
  }
  return {
    policyChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      // Not for a status, which is written here: that would cost one more reconcile for each.
      if (name === undefined || isSameSpec(before, after)) return
      wake(name)
      const versions = [before, after].filter((policy) => policy !== undefined)
      wakeEach((policy) => versions.some((version) => mayOverlap(policy, version)))
    },
    providerChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      if (isSameSpec(before, after) && isDeepStrictEqual(howItIs(before), howItIs(after))) return
      wakeEach(({ spec }) => spec.identityProvider === name)
    },
    groupChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      // Any other status as well: it says how long the members may be used.
      if (name !== undefined) wakeEach((policy) => groupsIn(policy).includes(name))
    },
    namespaceChanged(before, after) {
      if (isDeepStrictEqual(before?.metadata.labels, after?.metadata.labels) && before && after) return
      const isSelected = ({ spec }: ApprovalPolicy, namespace: Namespace | undefined): boolean =>
        namespace !== undefined && selectsNamespace(spec.match, namespace)
      wakeEach((policy) => isSelected(policy, before) !== isSelected(policy, after))
    },
  }
}

function howItIs(provider: IdentityProvider | undefined): unknown {
  const { status, reason } = (provider && readyOf(provider)) ?? {}
  const { acrValuesSupported } = provider?.status ?? {}
  return { status, reason, acrValuesSupported }
}
