/** What an earlier version left in the cluster: `recorded.json`, as `record.ts` wrote it. */
import type { ApprovalPolicy, ApprovalRequest, IdentityProvider, Secret } from '../../../src/api/objects.ts'

export const file = new URL('recorded.json', import.meta.url)

/** Of a test only: its keys and secrets are good for nothing else. */
export type Recording = {
  readonly recordedAt: string
  readonly issuer: string
  readonly clientSecret: string
  /** The operator's keys, and the client's credentials. */
  readonly secrets: readonly Secret[]
  readonly providers: readonly IdentityProvider[]
  readonly policies: readonly ApprovalPolicy[]
  readonly open: ApprovalRequest
  readonly finished: ApprovalRequest
}
