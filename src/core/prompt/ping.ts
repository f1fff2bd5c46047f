/** What a ping changes (CIBA Core §10.2). */
import type { ApprovalRequest, ApprovalRequestStatus, Prompt } from '../../api/objects.ts'
import { timestamp } from '../duration.ts'
import type { AttemptBinding } from '../ports/sealing.ts'

/** The prompt that a ping is about, if it is the one that was sent last. */
export function pingedPrompt(
  { status }: ApprovalRequest,
  { prompt, attempt }: AttemptBinding,
): Prompt | undefined {
  return status?.prompts?.find(
    (each) => each.id === prompt && each.attempt === attempt && each.sentAt !== undefined,
  )
}

/** `handle`: as it is, or from the ping where nothing else has brought the prompt's id. */
export function withPing(
  { status }: ApprovalRequest,
  prompt: Prompt,
  { handle, now }: { readonly handle: string; readonly now: Date },
): ApprovalRequestStatus {
  const pinged = { ...prompt, handle, pingedAt: timestamp(now) }
  return {
    ...status,
    prompts: (status?.prompts ?? []).map((each) => (each.id === prompt.id ? pinged : each)),
  }
}
