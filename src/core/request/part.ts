/**
 * A request that several people are asked about, as one of their prompts sees it: a request of its own with one approver and one
 * prompt. So everything that is known about asking one person holds for each of several; only what comes of all their answers
 * together (`whole.ts`) knows that there are others.
 */
import type { ApprovalRequest, ApprovalRequestStatus, EffectiveTerms } from '../../api/objects.ts'
import { earlier, timestamp } from '../duration.ts'
import { approverWith, promptOf } from '../prompt/prompt.ts'
import { namedIn } from '../sentences/named.ts'
import { summaryOf } from './conditions.ts'

/** Stands for the request itself where a prompt's id is wanted: who is asked next is no matter of one prompt. */
export const allPrompts = 'all'

/** Whether several people are asked, so that an answer alone may not decide. */
export function isShared({ stages }: Pick<EffectiveTerms, 'stages'>): boolean {
  return stages !== undefined
}

/** Whether the request was asked so. */
export function isOfSeveral({ status }: Pick<ApprovalRequest, 'status'>): boolean {
  return status?.effective !== undefined && isShared(status.effective)
}

/** @returns the request itself if it is no prompt's part: where one person decides, before anybody is asked, and for `allPrompts` */
export function partOf(whole: ApprovalRequest, id: string): ApprovalRequest {
  const { effective } = whole.status ?? {}
  if (effective === undefined || !isShared(effective)) return whole
  const approver = approverWith(effective, id)
  if (approver === undefined) return whole
  const prompt = promptOf(whole, id)
  return {
    ...whole,
    status: {
      ...whole.status,
      ...endOf(whole.status, prompt?.expiresAt),
      effective: { ...effective, approvers: [approver] },
      prompts: prompt === undefined ? [] : [prompt],
      // What was said of another approver is nothing that was said of this one.
      conditions: isNamed(approver.name, whole) ? conditionsIn(whole) : [],
    },
  }
}

function isNamed(name: string, whole: ApprovalRequest): boolean {
  const { approvers = [] } = whole.status?.effective ?? {}
  const names = approvers.map((approver) => approver.name)
  return namedIn(summaryOf(whole)?.message ?? '', names).includes(name)
}

function conditionsIn({ status }: ApprovalRequest): NonNullable<ApprovalRequestStatus['conditions']> {
  return status?.conditions ?? []
}

/** A prompt may end before the request does. */
function endOf(
  { deadline }: ApprovalRequestStatus = {},
  expiresAt: string | undefined,
): Pick<ApprovalRequestStatus, 'deadline'> {
  if (deadline === undefined || expiresAt === undefined) return {}
  return { deadline: timestamp(earlier(new Date(deadline), new Date(expiresAt))) }
}
