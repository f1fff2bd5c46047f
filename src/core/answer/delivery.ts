import type { ApprovalRequest } from '../../api/objects.ts'

/** Whether a granted token goes into a Secret; otherwise it is revoked, and only the decision is kept. */
export function deliversToken({ spec }: ApprovalRequest): boolean {
  return spec.token?.delivery === 'Secret'
}
