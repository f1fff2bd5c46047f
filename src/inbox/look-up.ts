/** From an address to the question behind it, for one person, read live. */
import type { Context } from 'hono'
import type { ApprovalRequest } from '../api/objects.ts'
import { digestOf } from '../core/approval/digest.ts'
import type { ObjectKey, Resource } from '../core/ports/cluster.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { Prompts, TrackedPrompt } from './prompts.ts'
import { isAsked, questionOf, refOf } from './question.ts'
import type { Question } from './question.ts'

export type ShownQuestion = {
  readonly request: ApprovalRequest
  readonly prompt: TrackedPrompt
  readonly question: Question
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
}

export function createLookUp({ requests, prompts, clock }: LookUpParts): LookUp {
  return async (address, person) => {
    const request = address && (await requests.get(address))
    const prompt = request && prompts.find(refOf(request))
    if (request === undefined || prompt === undefined || !isAsked(person, prompt.loginHint)) return undefined
    return { request, prompt, question: questionOf(prompt, request, clock.now()) }
  }
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
