/**
 * A prompt: what one approver is asked, by one or more attempts (CIBA Core §7.1). A request has one so far. Only this file says so,
 * in `firstPromptId` and `firstOf`; everything else is given the prompt that it is about.
 */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'

type Approver = EffectiveTerms['approvers'][number]
type WithStatus = Pick<ApprovalRequest, 'status'>

/** The id of the first approver's prompt. */
export const firstPromptId = 'approver-1'

/** @returns undefined where that prompt was not about to be sent yet */
export function promptOf({ status }: WithStatus, id: string): Prompt | undefined {
  return status?.prompts?.find((prompt) => prompt.id === id)
}

/** For what has not learned yet that a request may have several. */
export function onlyPromptOf({ status }: WithStatus): Prompt | undefined {
  return firstOf(status?.prompts)
}

/** The prompts that a request has, with one of them as it is now; it is added if it is new. */
export function withPrompt({ status }: WithStatus, prompt: Prompt): readonly Prompt[] {
  const others = status?.prompts ?? []
  return others.some(({ id }) => id === prompt.id)
    ? others.map((each) => (each.id === prompt.id ? prompt : each))
    : [...others, prompt]
}

/** Whom a prompt under these terms is for. */
export function approverOf({ approvers }: Pick<EffectiveTerms, 'approvers'>): Approver | undefined {
  return firstOf(approvers)
}

function firstOf<T>(all: readonly T[] = []): T | undefined {
  return all[0]
}

/** Whether the approver may have seen it: decided by what was sent, never by what was intended. */
export function mayBeShown(prompt: Prompt | undefined): boolean {
  return prompt?.sentAt !== undefined || prompt?.handle !== undefined
}
