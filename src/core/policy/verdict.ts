import type { PolicyReason } from '../../api/policy-reasons.ts'

/** What a policy's condition says: the reason, and the message before its next step. */
export type Verdict = { readonly reason: PolicyReason; readonly message: string }
