/** What a person reads when a question cannot be answered (any more), or has just been; and what happens next. */
import type { ApprovalRequest, Outcome } from '../api/objects.ts'
import { changesInWords } from '../core/approval/adjustment.ts'
import { summaryOf } from '../core/approval/conditions.ts'
import { headlineOf } from '../core/approval/rendering.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import { timeOfDay } from './moments.ts'
import { messagePage } from './pages.ts'
import type { Html, Message } from './pages.ts'
import type { Given } from './prompt-state.ts'
import type { SettledQuestion } from './question.ts'

export function outcomePage(
  question: SettledQuestion,
  request: ApprovalRequest,
  person: LoggedInPerson,
): Html {
  return messagePage({
    ...wordsFor(question, request),
    // What differs from the question that was asked is not shown, not even in one line.
    ...(question.kind !== 'Changed' && { about: headlineOf(request) }),
    link: { href: '/', text: 'What else waits for you' },
    person,
  })
}

type Words = Pick<Message, 'title' | 'text' | 'next'>

function wordsFor(question: SettledQuestion, request: ApprovalRequest): Words {
  switch (question.kind) {
    case 'Answered':
      return answered(question.given, request)
    case 'Answering':
      return {
        title: 'Your answer is on its way',
        text: 'It was sent to the provider a moment ago. Load this page again to see what became of it.',
      }
    case 'Closed':
      return {
        title: `This question is closed: ${request.status?.outcome ?? ''}`,
        text: 'It can no longer be answered.',
        next: finalWordOn(request),
      }
    case 'Lapsed':
      return {
        title: 'This question has lapsed',
        text: 'It was not answered in time. Nothing was approved.',
        next: 'The requester may ask again.',
      }
    case 'Refused':
      return refused(question.unconfirmed)
    case 'Changed':
      return {
        title: 'This is not the question that was asked',
        text: 'The request differs from what the operator asked you about, so it is not shown. Tell whoever runs Countersign.',
      }
  }
}

const wordOf = { approve: 'approved', deny: 'denied' } as const
const outcomeOf = { approve: 'Approved', deny: 'Denied' } as const satisfies Record<string, Outcome>

function answered({ decision, at, changes = [] }: Given, request: ApprovalRequest): Words {
  const isChanged = changes.length > 0
  const word = isChanged ? 'approved with changes' : wordOf[decision]
  const text = `You ${wordOf[decision]} this at ${timeOfDay(at)}${isChanged ? `, with ${changesInWords(changes)}` : ''}.`
  const outcome = request.status?.outcome
  if (outcome === undefined) return { title: `You ${word}`, text, next: next[decision] }
  if (outcome === outcomeOf[decision])
    return {
      title: `You ${word}`,
      text: `${text} The operator has learned it from the provider.`,
      next: finalWordOn(request),
    }
  return { title: `You ${word}, but it ended otherwise: ${outcome}`, text, next: finalWordOn(request) }
}

const next = {
  approve:
    'Within seconds the operator learns it from the provider, checks it, and tells the requester, who may act then. You can close this page.',
  deny: 'Within seconds the operator learns it from the provider and tells the requester, who gets nothing. You can close this page.',
} as const

function refused(unconfirmed: Given | undefined): Words {
  if (unconfirmed === undefined)
    return {
      title: 'The provider did not take the answer',
      text: 'This prompt was answered before, or has lapsed. This answer changes nothing.',
      next: 'The requester may ask again.',
    }
  return {
    title: 'The provider has an answer already',
    text: `It took no second one. Most likely it has the one that you gave at ${timeOfDay(unconfirmed.at)}: you ${wordOf[unconfirmed.decision]}.`,
    next: 'This page shows the outcome as soon as there is one.',
  }
}

/** The operator's own sentence. */
function finalWordOn(request: ApprovalRequest): string {
  const { message } = summaryOf(request) ?? {}
  return message === undefined ? '' : `The operator says: ${message}`
}
