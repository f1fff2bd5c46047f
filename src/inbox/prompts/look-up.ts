/** From an address to the request behind it, for one person, read live. */
import type { Context } from 'hono'
import type { ApprovalRequest } from '../../api/objects.ts'
import { digestOf } from '../../api/digest.ts'
import type { ObjectKey, Resource } from '../../core/ports/cluster.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import type { TrackedPrompt } from './state.ts'
import type { Prompts } from './store.ts'
import { isAsked, questionOf } from './answerable.ts'
import type { Question } from './answerable.ts'

/** A request that this person was asked about, the prompt that asked, and whether it can be answered. */
export type ShownQuestion = {
  readonly request: ApprovalRequest
  readonly prompt: TrackedPrompt
  readonly question: Question
}

/** A request that this person can answer now. */
export type ShownOpenQuestion = ShownQuestion & {
  readonly question: Extract<Question, { kind: 'Open' }>
}

/** What this person was asked about is deleted, or another object took its name. */
export type GoneQuestion = { readonly prompt: TrackedPrompt; readonly question: { readonly kind: 'Gone' } }

/**
 * Undefined if there is no such request, or if this person was not asked about it. Nobody can tell the two apart, not by the time
 * it takes either: only what this person was asked decides what is read.
 */
export type LookUp = (
  address: Required<ObjectKey> | undefined,
  person: LoggedInPerson,
) => Promise<ShownQuestion | GoneQuestion | undefined>

/** What a look-up reads, and when an unanswered claim counts as abandoned. */
export type LookUpParts = {
  readonly requests: Pick<Resource<ApprovalRequest>, 'get'>
  readonly prompts: Prompts
  readonly clock: Clock
  readonly claimSeconds: number
}

/** A look-up that reads the prompts of the person first, and a request only if this person was asked about it. */
export function createLookUp(parts: LookUpParts): LookUp {
  return async (address, person) => {
    if (address === undefined) return undefined
    const about = await parts.prompts.findAbout(person.subject, address)
    const asked = about.filter((prompt) => isAsked(person, prompt))
    const latest = asked.toSorted((a, b) => b.expiresAt.localeCompare(a.expiresAt))[0]
    if (latest === undefined) return undefined
    const request = await parts.requests.get(address)
    const prompt = asked.find(({ ref }) => ref.uid === request?.metadata.uid)
    return request === undefined || prompt === undefined
      ? { prompt: latest, question: { kind: 'Gone' } }
      : shown(request, prompt, parts)
  }
}

/** Tells a deleted request from one that can be shown. */
export function isGone(found: ShownQuestion | GoneQuestion): found is GoneQuestion {
  return found.question.kind === 'Gone'
}

/** Combines a request and its prompt into what a page shows, as of now. */
export function shown(
  request: ApprovalRequest,
  prompt: TrackedPrompt,
  { clock, claimSeconds }: Pick<LookUpParts, 'clock' | 'claimSeconds'>,
): ShownQuestion {
  return { request, prompt, question: questionOf(prompt, request, { now: clock.now(), claimSeconds }) }
}

/**
 * The object that a page's path names.
 * @returns undefined for what cannot be the name of an object; it becomes part of a call's path
 */
export function addressOf(context: Context): Required<ObjectKey> | undefined {
  const { namespace = '', name = '' } = context.req.param()
  const isName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/
  return isName.test(namespace) && isName.test(name) ? { namespace, name } : undefined
}

/** Says which request was on a page, the object itself and its digest, so that an answer never counts for another one. */
export function questionToken({ request }: ShownQuestion): string {
  return `${request.metadata.uid ?? ''}/${digestOf(request)}`
}
