/** Which groups are refreshed when a group or an IdentityProvider has changed. */
import type { ApproverGroup, IdentityProvider } from '../../api/objects.ts'
import type { Cache } from '../../core/ports/cluster.ts'
import { isSameSpec } from '../same-spec.ts'

/** `before` is undefined for a new object, `after` for a deleted one. */
export type GroupWaker = {
  groupChanged(before: ApproverGroup | undefined, after: ApproverGroup | undefined): void
  providerChanged(before: IdentityProvider | undefined, after: IdentityProvider | undefined): void
}

/** Wakes the groups that a change of a spec affects, and no others. @param wake called with the name of each */
export function createGroupWaker(groups: Cache<ApproverGroup>, wake: (name: string) => void): GroupWaker {
  return {
    groupChanged(before, after) {
      // Not for a status, which is written here: that would cost one more refresh for each.
      if (after !== undefined && !isSameSpec(before, after)) wake(after.metadata.name)
    },
    providerChanged(before, after) {
      const name = (after ?? before)?.metadata.name
      if (isSameSpec(before, after)) return
      for (const { metadata, spec } of groups.list())
        if (spec.keycloak !== undefined && spec.keycloak.identityProvider === name) wake(metadata.name)
    },
  }
}
