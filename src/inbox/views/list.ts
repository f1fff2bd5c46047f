/** The start page: what waits for a person. */
import { html } from 'hono/html'
import { codeOf } from '../../api/digest.ts'
import { headlineOf } from '../../core/action/rendering.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { decidersOf } from '../prompts/deciders.ts'
import type { ShownOpenQuestion } from '../prompts/look-up.ts'
import type { Waiting } from '../prompts/waiting.ts'
import { togetherInWords } from './deciders.ts'
import { secondsLeft, span, utc } from './moments.ts'
import { frame, words } from './pages.ts'
import type { Html } from './pages.ts'
import { sanitized } from './sanitized.ts'

/** The open requests of one person, as of `now`. */
export type WaitingList = Waiting & { readonly person: LoggedInPerson; readonly now: Date }

/** The start page: what waits for this person, and how many more there may be. */
export function listPage({ person, open, more, now }: WaitingList): Html {
  const list = html`<ul>
    ${open.map((question) => html`<li class="card">${entry(question, person, now)}</li>`)}
  </ul>`
  const body = html`<h1>Waiting for you${open.length > 0 && `: ${open.length}`}</h1>
    ${open.length > 0 && list}
    ${open.length + more === 0 && html`<p class="card">Nothing waits for your answer.</p>`}
    ${more > 0 && html`<p class="card" role="status">${moreOf(more, open.length)}</p>`}`
  return frame({ title: 'Waiting for you', person, body })
}

function moreOf(more: number, shown: number): string {
  const next = shown > 0 ? 'Answer some of these, then load this page again' : 'Load this page again'
  return `Up to ${more} more wait for you. ${next} to see them.`
}

function entry({ request, prompt, question }: ShownOpenQuestion, person: LoggedInPerson, now: Date): Html {
  const deciders = decidersOf({ request, person, prompt: prompt.ref.prompt, given: undefined })
  const { namespace = '', name } = request.metadata
  return html`<a href="/requests/${namespace}/${name}">${words(headlineOf(request))}</a>
    <span class="hint"
      >Code <b>${codeOf(request)}</b>, asked by <bdi>${sanitized(request.spec.requester.username)}</bdi></span
    >
    <span class="hint"
      >Answer until <time datetime="${question.answerBy.toISOString()}">${utc(question.answerBy)}</time>, in
      ${span(secondsLeft(question.answerBy, now))}</span
    >
    ${deciders && html`<span class="hint">${sanitized(togetherInWords(deciders))}</span>`}`
}
