/** Which requests hold which slot, so that a question is compared with those in its way and not with all that are open. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { heldSlotsOf } from '../../core/approval/slots.ts'

export type SlotHolders = {
  /** Takes the place of what was known of the request of this uid. */
  put(uid: string, request: ApprovalRequest): void
  remove(uid: string): void
  of(slot: string): readonly ApprovalRequest[]
}

export function createSlotHolders(): SlotHolders {
  const known = new Map<string, ApprovalRequest>()
  const holders = new Map<string, Map<string, ApprovalRequest>>()
  const remove = (uid: string): void => {
    const request = known.get(uid)
    if (request === undefined) return
    known.delete(uid)
    for (const slot of heldSlotsOf(request)) {
      holders.get(slot)?.delete(uid)
      if (holders.get(slot)?.size === 0) holders.delete(slot)
    }
  }
  return {
    remove,
    put(uid, request) {
      remove(uid)
      const slots = heldSlotsOf(request)
      if (slots.length > 0) known.set(uid, request)
      for (const slot of slots)
        holders.set(slot, (holders.get(slot) ?? new Map<string, ApprovalRequest>()).set(uid, request))
    },
    of: (slot) => [...(holders.get(slot)?.values() ?? [])],
  }
}
