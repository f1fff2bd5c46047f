/** The limits of a policy: how much one person is asked, and how much one requester may ask. */
import type { ApprovalPolicy, ApprovalPolicySpec } from '../../api/objects.ts'
import { secondsOf } from '../duration.ts'

/** The limits of one policy, with those that it does not name. */
export type Limits = Omit<ApprovalPolicySpec['limits'], 'pauseAfterRefusal'> & {
  readonly pauseSeconds: number
  /** The policy that says so. */
  readonly policy: string
}

/** What a policy has that names no limits, as the CRD has it: what counts where the cluster's CRD does not know the field yet. */
export const defaultLimits: ApprovalPolicySpec['limits'] = {
  openPromptsPerApprover: 3,
  promptsPerApproverPerHour: 20,
  openRequestsPerRequester: 10,
  openRequestsPerNamespace: 100,
  pauseAfterRefusal: '1m',
}

/** What the cluster's CRD does not know yet has its default. */
export function limitsOf({ metadata, spec }: ApprovalPolicy): Limits {
  const { pauseAfterRefusal, ...limits } = { ...defaultLimits, ...spec.limits }
  return { ...limits, pauseSeconds: secondsOf(pauseAfterRefusal), policy: metadata.name }
}

/** What one namespace may use of an approver's open prompts: all but one, so that another namespace can ask at any time. */
export function namespaceShareOf(openPrompts: number): number {
  return Math.max(1, openPrompts - 1)
}

/** What one namespace may use of an approver's prompts within an hour: three quarters. */
export function namespaceShareOfHour(prompts: number): number {
  return Math.max(1, Math.floor((prompts * 3) / 4))
}
