/** How far one of several approvers is, as another one of them may see it. Pure. */
import type { Prompt } from '../../api/objects.ts'
import { mayBeShown } from '../../core/prompt/prompt.ts'

/**
 * What the prompt came to, or how far it is. `NotAsked`: there is no prompt yet, for their turn or stage has not come, or a limit is in the
 * way. `NotReached`: the last attempt has reached nobody, and another one follows. `CouldNotBeAsked`: none follows, and no attempt has reached
 * this person. `PerhapsAsked`: no answer can come, and nobody knows whether the provider has asked.
 */
export type Standing =
  | NonNullable<Prompt['state']>
  | ('NotAsked' | 'NotReached' | 'Asking' | 'Asked' | 'PerhapsAsked' | 'CouldNotBeAsked')

/** As the prompt's record says it, to somebody who can see what was answered. */
export function standingOf(prompt: Prompt | undefined): Standing {
  if (hasReachedNobody(prompt)) return 'CouldNotBeAsked'
  return prompt?.state ?? askedStandingOf(prompt)
}

/** Whether this person is asked, and nothing of what became of that: one who was asked and has failed is like one who was asked. */
export function askedStandingOf(prompt: Prompt | undefined): Standing {
  if (prompt === undefined) return 'NotAsked'
  if (hasReachedNobody(prompt)) return 'CouldNotBeAsked'
  if (prompt.expiresAt !== undefined) return 'Asked'
  if (prompt.state !== undefined) return mayBeShown(prompt) ? 'PerhapsAsked' : 'NotAsked'
  return mayBeShown(prompt) ? 'Asking' : 'NotReached'
}

/** One that has ended without being asked: the provider does not know this person, for instance, or could not be reached in time. */
function hasReachedNobody(prompt: Prompt | undefined): boolean {
  return (prompt?.state === 'Failed' || prompt?.state === 'Expired') && !mayBeShown(prompt)
}
