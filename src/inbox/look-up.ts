/** From an address to the question behind it, for one person, read live. */
import type { Context } from 'hono'
import type { ApprovalRequest } from '../api/objects.ts'
import { digestOf } from '../core/approval/digest.ts'
import type { ObjectKey, Resource } from '../core/ports/cluster.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { TrackedPrompt } from './prompt-state.ts'
import type { Prompts } from './prompts.ts'
import { isAsked, questionOf, refOf } from './question.ts'
import type { Question } from './question.ts'

export type ShownQuestion = {
  readonly request: ApprovalRequest
  readonly prompt: TrackedPrompt
  readonly question: Question
}

export type ShownOpenQuestion = ShownQuestion & {
  readonly question: Extract<Question, { kind: 'Open' }>
}

/** Undefined if there is no such question, or if this person was not asked it: nobody can tell the two apart. */
export type LookUp = (
  address: ObjectKey | undefined,
  person: LoggedInPerson,
) => Promise<ShownQuestion | undefined>

export type LookUpParts = {
  readonly requests: Pick<Resource<ApprovalRequest>, 'get'>
  readonly prompts: Prompts
  readonly clock: Clock
  readonly claimSeconds: number
}

export function createLookUp(parts: LookUpParts): LookUp {
  return async (address, person) => {
    const request = address && (await parts.requests.get(address))
    const prompt = request && (await parts.prompts.find(refOf(request)))
    return prompt && isAsked(person, prompt) ? shown(request, prompt, parts) : undefined
  }
}

/** Every question that waits for this person, the one that lapses first at the top. */
export async function openQuestions(
  { subject }: LoggedInPerson,
  parts: LookUpParts,
): Promise<readonly ShownOpenQuestion[]> {
  const asked = await Promise.all(
    (await parts.prompts.listFor(subject)).map(async (prompt) => {
      const request = await parts.requests.get(prompt.ref)
      return request?.metadata.uid === prompt.ref.uid ? [shown(request, prompt, parts)] : []
    }),
  )
  return asked
    .flat()
    .filter((seen): seen is ShownOpenQuestion => seen.question.kind === 'Open')
    .toSorted((a, b) => a.question.answerBy.getTime() - b.question.answerBy.getTime())
}

function shown(
  request: ApprovalRequest,
  prompt: TrackedPrompt,
  { clock, claimSeconds }: LookUpParts,
): ShownQuestion {
  return { request, prompt, question: questionOf(prompt, request, { now: clock.now(), claimSeconds }) }
}

/** Undefined for what cannot be the name of an object; it becomes part of a request's path. */
export function addressOf(context: Context): Required<ObjectKey> | undefined {
  const { namespace = '', name = '' } = context.req.param()
  const isName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/
  return isName.test(namespace) && isName.test(name) ? { namespace, name } : undefined
}

/** Says which question was on a page: the object itself and what it asked. */
export function questionToken({ request }: ShownQuestion): string {
  return `${refOf(request).uid}/${digestOf(request)}`
}
