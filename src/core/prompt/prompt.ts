/**
 * A prompt: what one approver is asked, by one or more attempts (CIBA Core §7.1). A request has one for each approver that was asked;
 * its id says which one it is for.
 */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'

type Approver = EffectiveTerms['approvers'][number]
type WithStatus = Pick<ApprovalRequest, 'status'>

/** The id of the first approver's prompt. */
export const firstPromptId = promptIdOf(0)

/** @param index of the approver in the terms, from 0 */
export function promptIdOf(index: number): string {
  return `approver-${index + 1}`
}

/** Whom the prompt of this id is for, under these terms. */
export function approverWith(
  { approvers }: Pick<EffectiveTerms, 'approvers'>,
  id: string,
): Approver | undefined {
  return approvers.find((_, index) => promptIdOf(index) === id)
}

/** @returns undefined where that prompt was not about to be sent yet */
export function promptOf({ status }: WithStatus, id: string): Prompt | undefined {
  return status?.prompts?.find((prompt) => prompt.id === id)
}

/** The prompt whose answer the decision is: its seal is bound to that one. */
export function decidingPromptOf(request: WithStatus): Prompt | undefined {
  return promptOf(request, request.status?.decision?.prompt ?? firstPromptId)
}

/** The prompt of a request that has one, or the part of a request that is about one. */
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

/** Whom a request with one approver is for, or the part of a request that is about one. */
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

/** Whether the provider has taken a prompt of the request, so that a token of it may be somewhere. */
export function wasTaken({ status }: WithStatus): boolean {
  return status?.prompts?.some(({ handle }) => handle !== undefined) === true
}
