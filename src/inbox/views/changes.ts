/** What an approver is about to change, before it counts. */
import { html } from 'hono/html'
import { codeOf } from '../../api/digest.ts'
import { headlineOf } from '../../core/action/rendering.ts'
import { answerForm } from './answer-form.ts'
import { fieldNameOf } from '../answer/entered.ts'
import type { Step } from '../answer/entered.ts'
import { sanitized } from './sanitized.ts'
import { secondsLeft, span, utc } from './moments.ts'
import type { OpenQuestion } from './request.ts'
import { frame, words } from './pages.ts'
import type { Html } from './pages.ts'

type Confirmation = Pick<Extract<Step, { kind: 'Confirm' }>, 'entered' | 'choice'>

/** The page on which an approver confirms other values than were asked; going back keeps what was entered. */
export function changesPage(question: OpenQuestion, { entered, choice }: Confirmation): Html {
  const { request, person, answerBy, now } = question
  const title = 'Approve with these changes?'
  const contents = html`<section>
      <p class="about">${words(headlineOf(request))}</p>
      <dl class="changes">${choice.changes.map(changeRow)}</dl>
      <p>Everything else stays as it was asked.</p>
      <p class="hint">
        Code <b>${codeOf(request)}</b>. Answer until ${utc(answerBy)}, ${span(secondsLeft(answerBy, now))}
        after this page was loaded.
      </p>
    </section>
    ${Object.entries(entered.values).map(
      ([name, value]) => html`<input type="hidden" name="${fieldNameOf(name)}" value="${value}" />`,
    )}
    <div class="answer once-more">
      <button name="decision" value="edit">Back</button>
      <button name="decision" value="approve-changed">Approve with these changes</button>
    </div>`
  return frame({
    title,
    person,
    body: html`<h1>${title}</h1>
      ${answerForm({ ...question, contents })}`,
  })
}

type Change = Confirmation['choice']['changes'][number]

function changeRow({ name, from, to }: Change): Html {
  return html`<dt><bdi>${sanitized(name)}</bdi></dt>
    <dd>
      <bdi>${sanitized(from)}</bdi> <span role="img" aria-label="becomes">&rarr;</span>
      <strong><bdi>${sanitized(to)}</bdi></strong>
    </dd>`
}
