/** Limits of policies. */
import type { ApprovalPolicySpec } from '../../../src/api/objects.ts'

/** As the API server fills them in. */
export function theLimits(changes: Partial<ApprovalPolicySpec['limits']> = {}): ApprovalPolicySpec['limits'] {
  return {
    openPromptsPerApprover: 3,
    promptsPerApproverPerHour: 20,
    openRequestsPerRequester: 10,
    openRequestsPerNamespace: 100,
    pauseAfterRefusal: '1m',
    ...changes,
  }
}

/** For tests in which one person is asked again and again. */
export const wideLimits: ApprovalPolicySpec['limits'] = {
  openPromptsPerApprover: 1000,
  promptsPerApproverPerHour: 10_000,
  openRequestsPerRequester: 100_000,
  openRequestsPerNamespace: 100_000,
  pauseAfterRefusal: '0s',
}
