/**
 * A prompt: what one approver is asked, by one or more attempts (CIBA Core §7.1). A request has one; only this file knows that, so
 * that everything else is given the prompt or the approver that it is about.
 */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'

type Approver = EffectiveTerms['approvers'][number]

/** The id of the first approver's prompt. */
export const firstPromptId = 'approver-1'

/** @returns undefined where nobody was about to be asked yet */
export function promptOf({ status }: Pick<ApprovalRequest, 'status'>): Prompt | undefined {
  return status?.prompts?.[0]
}

/** Whom a prompt under these terms is for. */
export function approverOf({ approvers }: Pick<EffectiveTerms, 'approvers'>): Approver | undefined {
  return approvers[0]
}

/** Whether the approver may have seen it: decided by what was sent, never by what was intended. */
export function mayBeShown(prompt: Prompt | undefined): boolean {
  return prompt?.sentAt !== undefined || prompt?.handle !== undefined
}
