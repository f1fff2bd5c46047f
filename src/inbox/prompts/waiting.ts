/** Which requests wait for a person, read live. What was answered or has ended hides nothing that is open. */
import type { LoggedInPerson } from '../../core/ports/login.ts'
import type { Log } from '../../core/ports/surroundings.ts'
import { hasEnded } from './answerable.ts'
import { shown } from './look-up.ts'
import type { LookUpParts, ShownOpenQuestion } from './look-up.ts'
import type { TrackedPrompt } from './state.ts'

/** `more`: how many of the person's prompts were not looked at. Some of their requests may have ended. */
export type Waiting = { readonly open: readonly ShownOpenQuestion[]; readonly more: number }

/** What the list reads, and where it logs an entry that could not be retired. */
export type WaitingParts = LookUpParts & { readonly log: Log }

/** As many as a person can read through on one page. */
const mostShown = 200
/** Requests that one page reads: of thousands that were asked and deleted, each page clears away so many. */
const mostRead = 400
const readAtOnce = 20

/**
 * The open requests of one person, at most 200, the one that expires first at the top. An entry whose request has ended is
 * retired, so that the next page need not read it.
 */
export async function waitingFor({ subject }: LoggedInPerson, parts: WaitingParts): Promise<Waiting> {
  const prompts = await parts.prompts.listAnswerable(subject, parts.clock.now())
  const open: ShownOpenQuestion[] = []
  let read = 0
  while (read < Math.min(prompts.length, mostRead) && open.length < mostShown) {
    const atOnce = prompts.slice(read, read + Math.min(readAtOnce, mostShown - open.length))
    const found = await Promise.all(atOnce.map((prompt) => look(prompt, parts)))
    open.push(...found.flat())
    read += atOnce.length
  }
  return {
    open: open.toSorted((a, b) => a.question.answerBy.getTime() - b.question.answerBy.getTime()),
    more: prompts.length - read,
  }
}

/** One or none. */
async function look(prompt: TrackedPrompt, parts: WaitingParts): Promise<readonly ShownOpenQuestion[]> {
  const request = await parts.requests.get(prompt.ref)
  if (request?.metadata.uid !== prompt.ref.uid || hasEnded(request)) {
    await retire(prompt, parts)
    return []
  }
  const seen = shown(request, prompt, parts)
  const { question } = seen
  return question.kind === 'Open' ? [{ ...seen, question }] : []
}

/** The list is right without it. */
async function retire(prompt: TrackedPrompt, { prompts, clock, log }: WaitingParts): Promise<void> {
  try {
    await prompts.retire(prompt, clock.now())
  } catch (error) {
    log.warn('entry of an ended request stays until its prompt expires', {
      ...prompt.ref,
      error: String(error),
    })
  }
}
