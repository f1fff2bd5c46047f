/** What a person reads when a request cannot be answered (any more), or has just been answered; and what happens next. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { WaitingReason } from '../../api/reasons.ts'
import { changesInWords } from '../../core/action/adjustment.ts'
import { headlineOf } from '../../core/action/rendering.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { isOwnFailed, nextOfSeveral, ownPromptInWords } from './among-several.ts'
import { endingInWords, wordOf } from './ending.ts'
import { utc } from './moments.ts'
import { messagePage, toList } from './pages.ts'
import type { Html, Message } from './pages.ts'
import { isRecorded } from '../prompts/deciders.ts'
import type { Seen } from '../prompts/deciders.ts'
import { givenIn } from '../prompts/state.ts'
import type { Given, Prompt } from '../prompts/state.ts'
import { hasEnded } from '../prompts/answerable.ts'
import type { SettledQuestion } from '../prompts/answerable.ts'

/** A request that cannot be answered now, with what was kept of it and the person who looks at it. */
export type Settled = {
  readonly question: SettledQuestion
  readonly request: ApprovalRequest
  readonly prompt: Prompt
  readonly person: LoggedInPerson
}

/** The page for a request that was just answered, has ended, or cannot be answered now: the outcome, and what happens next. */
export function outcomePage(settled: Settled): Html {
  const { question, request, person } = settled
  return messagePage({
    ...wordsFor(settled),
    // What differs from the request that was asked is not shown, not even in one line.
    ...(question.kind !== 'Changed' && { about: headlineOf(request) }),
    links: [toList],
    person,
  })
}

/** For an entry whose request was deleted, or replaced by another one of its name, of which nothing is said. */
export function gonePage({ ref, state }: Prompt, person: LoggedInPerson): Html {
  const given = givenIn(state)
  const answer = given === undefined ? 'You gave no answer here.' : `${answerOf(given)}.`
  return messagePage({
    title: 'This request was deleted',
    text: `${answer} ApprovalRequest ${ref.namespace}/${ref.name} no longer exists: somebody withdrew it, or it was cleaned up after it had ended. It can no longer be answered.`,
    next: 'You need not do anything.',
    links: [toList],
    person,
  })
}

type Words = Pick<Message, 'title' | 'text' | 'next'>

function wordsFor({ question, request, prompt, person }: Settled): Words {
  const seen = { request, person, prompt: prompt.ref.prompt, given: givenIn(prompt.state) }
  switch (question.kind) {
    case 'Answered':
      return hasEnded(request)
        ? endingInWords({ ...seen, given: question.given })
        : answered({ ...seen, given: question.given })
    case 'Answering':
      return {
        title: 'Your answer is on its way',
        text: 'The inbox sent it to the provider a moment ago. Load this page again to see the outcome.',
      }
    case 'Closed':
      return endingInWords(seen)
    case 'NoLongerAsked':
      return ownPromptInWords(question.state, seen)
    case 'Expired':
      return {
        title: 'This request expired',
        text: `It could be answered until ${utc(question.at)}. The operator has not recorded the outcome yet.`,
        next: 'Load this page again to see the outcome.',
      }
    case 'Refused':
      return refused(question.unconfirmed)
    case 'Changed':
      return {
        title: 'This is not the request that was asked',
        text: 'The request differs from what the operator asked you about, so it is not shown. Tell whoever runs Countersign.',
      }
  }
}

function answered(seen: Seen & { readonly given: Given }): Words {
  const { given, request, prompt } = seen
  if (isOwnFailed(request, prompt)) return ownPromptInWords('Failed', seen)
  const { decision, changes = [] } = given
  const how = changes.length > 0 ? ' with changes' : ''
  return {
    title: `You ${wordOf[decision]}${how}`,
    text: `${answerOf(given)}.`,
    next: nextAfter(seen, decision),
  }
}

function nextAfter(seen: Seen, decision: Given['decision']): string {
  const { request } = seen
  if (!isRecorded(seen) && isOutOfReach(request)) return outOfReach(request)
  return (decision === 'approve' ? nextOfSeveral(seen) : undefined) ?? next[decision]
}

function isOutOfReach(request: ApprovalRequest): boolean {
  return summaryOf(request)?.reason === ('IdentityProviderNotReady' satisfies WaitingReason)
}

function outOfReach({ status }: ApprovalRequest): string {
  const until = status?.deadline === undefined ? '' : ` until ${utc(status.deadline)}`
  return `The operator cannot fetch your answer from the provider at the moment, and tries again${until}. The request’s condition says why. Until the operator has your answer, nothing is approved. You can close this page.`
}

function answerOf({ decision, at, changes = [] }: Given): string {
  const how = changes.length > 0 ? `, with ${changesInWords(changes)}` : ''
  return `You ${wordOf[decision]} this request at ${utc(at)}${how}`
}

const next = {
  approve:
    'Within seconds the operator fetches your answer from the provider, checks it, and tells the requester, who may act then. You can close this page.',
  deny: 'Within seconds the operator fetches your answer from the provider and tells the requester, who gets nothing. You can close this page.',
} as const

function refused(unconfirmed: Given | undefined): Words {
  if (unconfirmed === undefined)
    return {
      title: 'The provider did not take the answer',
      text: 'This prompt was answered before, or has expired. This answer changes nothing.',
      next: 'The requester may ask again.',
    }
  return {
    title: 'The provider has an answer already',
    text: `It took no second one. Most likely it has the first. ${answerOf(unconfirmed)}.`,
    next: 'This page shows the outcome as soon as there is one.',
  }
}
