/** The form that an answer is sent by. */
import { html, raw } from 'hono/html'
import type { ApprovalRequest } from '../../api/objects.ts'
import type { Html } from './pages.ts'

/** The request that a form answers, and what stands inside the form. */
export type AnswerForm = {
  readonly request: ApprovalRequest
  /** Come back with the answer: who the form was made for, and which request was on the page. */
  readonly formToken: string
  readonly questionToken: string
  readonly contents: Html
}

/** A form that Enter does not submit: only a pressed button answers. */
export function answerForm({ request, formToken, questionToken, contents }: AnswerForm): Html {
  const { namespace = '', name } = request.metadata
  return html`<form method="post" action="/requests/${namespace}/${name}/answer">
    ${defaultButton}
    <input type="hidden" name="form_token" value="${formToken}" />
    <input type="hidden" name="question" value="${questionToken}" />
    ${contents}
  </form>`
}

/** Enter in a field presses a form's first button, and nothing if that is disabled: nobody answers by a slip (HTML §4.10.21.2). */
const defaultButton = raw('<button disabled hidden></button>')
