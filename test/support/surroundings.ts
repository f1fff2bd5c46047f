import type { ApprovalRequest } from '../../src/api/objects.ts'
import { heldSlotsOf } from '../../src/core/approval/slots.ts'
import type { Surroundings } from '../../src/core/approval/terms.ts'
import { aNamespace, aPolicy, aProvider } from './builders.ts'

/** Where `anApprovalRequest()` can be asked at once. */
export function surroundings({ open = [], ...changes }: ChangedSurroundings = {}): Surroundings {
  return {
    ...{ namespace: aNamespace(), policies: [aPolicy()], providers: [aProvider()] },
    holdersOf: (slot) => holdersAmong(open, slot),
    ...changes,
  }
}

/** `open`: the other requests that there are. */
export type ChangedSurroundings = Partial<Omit<Surroundings, 'holdersOf'>> & {
  readonly open?: readonly ApprovalRequest[]
}

export function holdersAmong(requests: readonly ApprovalRequest[], slot: string): readonly ApprovalRequest[] {
  return requests.filter((request) => heldSlotsOf(request).includes(slot))
}
