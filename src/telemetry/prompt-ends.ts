/** What became of each prompt of a request that is final; of several people each has one. Pure. */
import type { ApprovalRequest, Outcome, Prompt } from '../api/objects.ts'
import { mayBeShown } from '../core/prompt/prompt.ts'

/** A prompt, and what became of it. */
export type PromptEnd = { readonly prompt: Prompt; readonly end: NonNullable<Prompt['state']> }

/** @returns of each prompt that somebody may have seen; nothing of a request that is open */
export function promptEndsOf({ status }: Pick<ApprovalRequest, 'status'>): readonly PromptEnd[] {
  const { outcome, prompts = [] } = status ?? {}
  if (outcome === undefined) return []
  return prompts.filter(mayBeShown).map((prompt) => ({ prompt, end: prompt.state ?? ends[outcome] }))
}

/** Of the one prompt of a request that one person decides: its outcome is the request's. */
const ends = {
  Approved: 'Approved',
  Denied: 'Denied',
  Expired: 'Expired',
  Failed: 'Failed',
  Withdrawn: 'NotNeeded',
} as const satisfies Record<Outcome, NonNullable<Prompt['state']>>
