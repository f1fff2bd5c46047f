/** What a person reads when a question cannot be answered (any more), or has just been. */
import type { LoggedInPerson } from '../core/ports/login.ts'
import { utc } from './page-request.ts'
import { messagePage } from './pages.ts'
import type { Html } from './pages.ts'
import type { SettledQuestion } from './question.ts'

export function outcomePage(question: SettledQuestion, headline: string, person: LoggedInPerson): Html {
  const list = { href: '/', text: 'What else waits for you' }
  return messagePage({ ...wordsFor(question), detail: headline, link: list, person })
}

function wordsFor(question: SettledQuestion): { readonly title: string; readonly text: string } {
  switch (question.kind) {
    case 'Answered':
      return answered(question.decision === 'approve', utc(question.at))
    case 'Answering':
      return {
        title: 'Your answer is on its way',
        text: 'It was sent to the provider a moment ago. Load this page again to see what became of it.',
      }
    case 'Closed':
      return {
        title: `This question is closed: ${question.outcome}`,
        text: 'It can no longer be answered. The requester may ask again.',
      }
    case 'Lapsed':
      return {
        title: 'This question has lapsed',
        text: 'It was not answered in time. Nothing was approved; the requester may ask again.',
      }
    case 'Refused':
      return {
        title: 'The provider did not take the answer',
        text: 'This prompt was answered before, or has lapsed. This answer changes nothing; the requester may ask again.',
      }
    case 'Changed':
      return {
        title: 'This is not the question that was asked',
        text: 'The request differs from what the operator asked you about, so it is not shown. Tell whoever runs Countersign.',
      }
  }
}

function answered(isApproval: boolean, at: string): { readonly title: string; readonly text: string } {
  if (isApproval)
    return {
      title: 'You approved',
      text: `You approved this at ${at}. The operator now learns it from the provider, within seconds, and gives the requester what it needs for exactly this. You can close this page.`,
    }
  return {
    title: 'You denied',
    text: `You denied this at ${at}. The requester is told so and gets nothing. You can close this page.`,
  }
}
