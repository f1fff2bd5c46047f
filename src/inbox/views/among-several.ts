/** What one of several approvers reads while the request is open and there is nothing to answer for this person any more. Pure. */
import { promptOf } from '../../core/prompt/prompt.ts'
import type { ApprovalRequest, Prompt } from '../../api/objects.ts'
import { decidersOf, isRecorded } from '../prompts/deciders.ts'
import type { Seen } from '../prompts/deciders.ts'
import { stillNeeded } from './deciders.ts'
import { utc } from './moments.ts'
import type { Message } from './pages.ts'

type Words = Pick<Message, 'title' | 'text' | 'next'>

/** After an approval that does not decide alone: what is still needed. @returns undefined if nothing else is, as far as is known */
export function nextOfSeveral(seen: Seen): string | undefined {
  const deciders = decidersOf(seen)
  const needed = deciders && stillNeeded(deciders)
  if (needed === undefined) return undefined
  return isRecorded(seen)
    ? `Your approval is recorded. ${needed}`
    : `Within seconds the operator fetches your answer from the provider and records it. ${needed} You can close this page.`
}

/** What this person's own prompt came to. @param state as the operator recorded it, while others are still asked */
export function ownPromptInWords(state: NonNullable<Prompt['state']>, seen: Seen): Words {
  const own = promptOf(seen.request, seen.prompt)
  switch (state) {
    case 'Approved':
      return answered('approved', seen)
    case 'Denied':
      return answered('denied', seen)
    case 'Expired':
      return {
        title: 'Your time to answer is over',
        text: `You could answer${own?.expiresAt === undefined ? '' : ` until ${utc(own.expiresAt)}`}. Others are still asked.`,
        next: closed,
      }
    case 'Failed':
      return {
        title: seen.given === undefined ? 'You are no longer asked' : 'Your answer does not count',
        text: own?.message ?? 'The provider can bring no answer of yours any more.',
        next: `Others are still asked. ${closed}`,
      }
    case 'NotNeeded':
      return { title: 'Your answer is not needed', text: 'This request is decided without it.', next: closed }
  }
}

const closed = 'You need not do anything.'

function answered(word: 'approved' | 'denied', seen: Seen): Words {
  const at = seen.given?.at ?? promptOf(seen.request, seen.prompt)?.answeredAt
  const text = `You ${word} this request${at === undefined ? '' : ` at ${utc(at)}`}.`
  const next = word === 'approved' ? nextOfSeveral(seen) : undefined
  return { title: `You ${word}`, text, next: next ?? 'The operator has received your answer.' }
}

/** Whether the operator found that this person's answer does not count, while others are still asked. */
export function isOwnFailed(request: ApprovalRequest, prompt: string): boolean {
  return promptOf(request, prompt)?.state === 'Failed'
}
