/** The request as its approver sees it: typed facts first, what was read in the cluster, then what the requester claims. */
import { html, raw } from 'hono/html'
import type { Adjustable, ApprovalRequest } from '../../api/objects.ts'
import { changesInWords } from '../../core/action/adjustment.ts'
import { codeOf } from '../../api/digest.ts'
import { headlineOf } from '../../core/action/rendering.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { tokenNamesAction } from '../../core/answer/token-reach.ts'
import { addressText } from './address.ts'
import { answerForm } from './answer-form.ts'
import { countdown } from './countdown.ts'
import { adjustableIn, hasErrors } from '../answer/entered.ts'
import { approvalsNeeded, decidersOf } from '../prompts/deciders.ts'
import type { Deciders } from '../prompts/deciders.ts'
import { decidersSection } from './deciders.ts'
import type { Entered } from '../answer/entered.ts'
import { sanitized } from './sanitized.ts'
import { questionToken } from '../prompts/look-up.ts'
import type { ShownOpenQuestion } from '../prompts/look-up.ts'
import { secondsLeft, span, timeOfDay, utc } from './moments.ts'
import { parametersSection } from './parameters.ts'
import { frame, words } from './pages.ts'
import type { Html } from './pages.ts'
import type { Given } from '../prompts/state.ts'
import type { Session } from '../login/session.ts'

/** All that the page of an open request shows. */
export type OpenQuestion = {
  readonly request: ApprovalRequest
  readonly person: LoggedInPerson
  readonly answerBy: Date
  readonly now: Date
  /** Given here before, and not confirmed by the provider. */
  readonly unconfirmed: Given | undefined
  /** What the approver may change here. */
  readonly adjustable: readonly Adjustable[]
  /** The others who decide with this person; undefined where this person alone does. */
  readonly deciders: Deciders | undefined
  readonly formToken: string
  readonly questionToken: string
}

/** What a page shows to the person of this session, as of `now`. */
export function openQuestionOf(shown: ShownOpenQuestion, session: Session, now: Date): OpenQuestion {
  const { request, prompt, question } = shown
  const { person, formToken } = session
  const { answerBy, unconfirmed } = question
  return {
    ...{ request, person, answerBy, now, unconfirmed, formToken },
    adjustable: adjustableIn(shown),
    deciders: decidersOf({ request, person, prompt: prompt.ref.prompt, given: undefined }),
    questionToken: questionToken(shown),
  }
}

/**
 * The page to answer on. Everything stands inside the form, so that a fact that may be changed is a field in its own row.
 * @param entered on the form that this page follows. Loading such a page again would send that form again, so it has no
 *   countdown
 */
export function requestPage(question: OpenQuestion, entered?: Entered): Html {
  const { request, person, adjustable } = question
  const { parameters = {} } = request.spec
  const headline = headlineOf(request)
  const isWrong = entered !== undefined && hasErrors(entered)
  const contents = html`<p class="code">
      <span>Code</span> <strong>${codeOf(request)}</strong>
      <span class="hint">The requester sees the same. Deny if it differs, or you did not expect this.</span>
    </p>
    ${facts(question)} ${question.deciders && decidersSection(question.deciders)}
    ${read(request.status?.computed ?? [])} ${claimed(request)}
    ${parametersSection({ asked: parameters, adjustable, entered, isFixed: isFixed(request) })}
    <div class="answer">
      <button name="decision" value="deny" formnovalidate>Deny</button>
      <button name="decision" value="approve">Approve</button>
    </div>`
  const body = html`<h1>${words(headline)}</h1>
    ${question.unconfirmed && notConfirmed(question.unconfirmed)} ${isWrong && notTaken}
    ${answerForm({ ...question, contents })} ${entered === undefined && countdownElement}`
  return frame({ title: isWrong ? `Error: ${headline}` : headline, person, body })
}

/** Whether the requester lets an approver change something, and several people must approve. */
function isFixed(request: ApprovalRequest): boolean {
  return (request.spec.adjustable ?? []).length > 0 && approvalsNeeded(request) > 1
}

const notTaken = html`<p class="card" role="alert">
  A value cannot be taken; what is wrong stands at its field. Nothing was sent.
</p>`

/** Holds exactly what `countdownHash` was computed from. */
const countdownElement = raw(`<script>${countdown}</script>`)

function notConfirmed({ decision, at, changes = [] }: Given): Html {
  const word =
    decision === 'deny' ? 'Deny' : ['Approve', changesInWords(changes)].filter(Boolean).join(' with ')
  return html`<p class="card" role="status">
    The provider has not confirmed the answer that you gave at ${timeOfDay(at)} (${word}). Answer again: it
    counts once at most.
  </p>`
}

function facts({ request, answerBy, now }: OpenQuestion): Html {
  const { requester, target } = request.spec
  const seconds = secondsLeft(answerBy, now)
  return html`<dl class="facts">
    <dt>Asked by</dt>
    <dd><bdi>${sanitized(requester.username)}</bdi></dd>
    <dt>Answer until</dt>
    <dd>
      <time datetime="${answerBy.toISOString()}">${utc(answerBy)}</time>
      <strong class="left" role="timer" data-seconds-left="${seconds}"
        >${span(seconds)} left when this page was loaded</strong
      >
    </dd>
    <dt>Target</dt>
    <dd>
      ${sanitized(`${target.kind} ${target.name}`)} <small>${sanitized(target.apiVersion ?? '')}</small>
    </dd>
    <dt>Revision</dt>
    <dd>${sanitized(target.revision ?? 'any: the requester named none')}</dd>
    <dt>${approvalsNeeded(request) > 1 ? 'If all who are needed approve' : 'If you approve'}</dt>
    <dd>${consequence(request)}</dd>
  </dl>`
}

function consequence({ spec, status }: ApprovalRequest): Html {
  if (spec.token === undefined || spec.token.delivery === 'None')
    return html`The requester may do exactly this. It gets no token.`
  const seconds = status?.effective?.tokenMaxLifetimeSeconds
  const terms = [
    ['with', spec.token.scopes?.join(' ') ?? ''],
    ['at', spec.token.audience ?? ''],
    ['good for at most', seconds === undefined ? '' : lifetime(seconds)],
  ] as const
  const stated = terms.filter(([, term]) => term !== '')
  const named = status?.effective !== undefined && tokenNamesAction(status.effective)
  return html`The requester gets a
  token${named ? ' for exactly this' : ''}${stated.map(
    ([word, term]) => html`, ${word} <strong>${sanitized(term)}</strong>`,
  )}.${named ? '' : ' The token does not name this action: it opens whatever its scopes and audience open.'}`
}

function lifetime(seconds: number): string {
  const [amount, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second']
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

type Fact = { readonly name: string; readonly value: string; readonly url?: string; readonly source?: string }

/** Nothing of it is called measured: it is no better than who may write it, and that is said of each. */
function read(facts: readonly Fact[]): Html | undefined {
  if (facts.length === 0) return undefined
  return html`<section>
    <h2>Read in the cluster <span class="hint">by the operator, with who can write it</span></h2>
    ${[...Map.groupBy(facts, ({ source }) => source)].map(
      ([source, own]) =>
        html`<dl>${own.map(row)}</dl>
          ${source !== undefined && html`<p class="hint">Source: <bdi>${sanitized(source)}</bdi></p>`}`,
    )}
  </section>`
}

function claimed({ spec }: ApprovalRequest): Html {
  const { requester, summary, reason, evidence = [] } = spec
  return html`<section class="claimed">
    <h2><span>Claimed</span> by <bdi>${sanitized(requester.username)}</bdi></h2>
    <p class="summary" dir="auto">${sanitized(summary)}</p>
    ${reason !== undefined && html`<p dir="auto">${sanitized(reason)}</p>`}
    ${evidence.length > 0 && html`<dl>${evidence.map(row)}</dl>`}
  </section>`
}

function row({ name, value, url }: Fact): Html {
  return html`<dt><bdi>${sanitized(name)}</bdi></dt>
    <dd>
      <bdi>${sanitized(value)}</bdi>
      ${url !== undefined && addressText(url)}
    </dd>`
}
