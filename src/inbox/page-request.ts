/** The question as its approver sees it: typed facts first, what was measured, then what the requester claims. */
import { html, raw } from 'hono/html'
import type { ApprovalRequest } from '../api/objects.ts'
import { codeOf } from '../core/approval/digest.ts'
import { headlineOf } from '../core/approval/rendering.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import { addressText } from './address.ts'
import { countdown } from './countdown.ts'
import { harmless } from './harmless.ts'
import { secondsLeft, span, timeOfDay, utc } from './moments.ts'
import { frame, words } from './pages.ts'
import type { Html } from './pages.ts'
import type { Given } from './prompt-state.ts'

export type OpenQuestion = {
  readonly request: ApprovalRequest
  readonly person: LoggedInPerson
  readonly answerBy: Date
  readonly now: Date
  /** Given here before, and not confirmed by the provider. */
  readonly unconfirmed: Given | undefined
  /** Come back with the answer: who the form was made for, and which question was on the page. */
  readonly formToken: string
  readonly questionToken: string
}

/** Everything stands inside the form, so that a fact that may be changed can be a field in its own row. */
export function requestPage(question: OpenQuestion): Html {
  const { request, person, formToken, questionToken } = question
  const { metadata, spec, status } = request
  const headline = headlineOf(request)
  const body = html`<h1>${words(headline)}</h1>
    ${question.unconfirmed && notConfirmed(question.unconfirmed)}
    <form method="post" action="/requests/${metadata.namespace ?? ''}/${metadata.name}/answer">
      <input type="hidden" name="form_token" value="${formToken}" />
      <input type="hidden" name="question" value="${questionToken}" />
      <p class="code">
        <span>Code</span> <strong>${codeOf(request)}</strong>
        <span class="hint">The requester sees the same. Deny if it differs, or you did not expect this.</span>
      </p>
      ${facts(question)} ${measured(status?.computed ?? [])} ${claimed(request)}
      ${parameters(spec.parameters ?? {})}
      <div class="answer">
        <button name="decision" value="deny">Deny</button>
        <button name="decision" value="approve">Approve</button>
      </div>
    </form>
    ${countdownElement}`
  return frame({ title: headline, person, body })
}

/** Holds exactly what `countdownHash` was computed from. */
const countdownElement = raw(`<script>${countdown}</script>`)

function notConfirmed({ decision, at }: Given): Html {
  const word = decision === 'approve' ? 'Approve' : 'Deny'
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
    <dd><bdi>${harmless(requester.username)}</bdi></dd>
    <dt>Answer until</dt>
    <dd>
      <time datetime="${answerBy.toISOString()}">${utc(answerBy)}</time>
      <strong class="left" role="timer" data-seconds-left="${seconds}"
        >${span(seconds)} left when this page was loaded</strong
      >
    </dd>
    <dt>Target</dt>
    <dd>${harmless(`${target.kind} ${target.name}`)} <small>${harmless(target.apiVersion ?? '')}</small></dd>
    <dt>Revision</dt>
    <dd>${harmless(target.revision ?? 'any: the requester named none')}</dd>
    <dt>If you approve</dt>
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
  return html`The requester gets a token for exactly
  this${stated.map(([word, term]) => html`, ${word} <strong>${harmless(term)}</strong>`)}.`
}

function lifetime(seconds: number): string {
  const [amount, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second']
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

type Fact = { readonly name: string; readonly value: string; readonly url?: string }

function measured(facts: readonly Fact[]): Html | undefined {
  if (facts.length === 0) return undefined
  return html`<section>
    <h2>Measured <span class="hint">by the operator itself</span></h2>
    <dl>${facts.map(row)}</dl>
  </section>`
}

function claimed({ spec }: ApprovalRequest): Html {
  const { requester, summary, reason, evidence = [] } = spec
  return html`<section class="claimed">
    <h2><span>Claimed</span> by <bdi>${harmless(requester.username)}</bdi></h2>
    <p class="summary" dir="auto">${harmless(summary)}</p>
    ${reason !== undefined && html`<p dir="auto">${harmless(reason)}</p>`}
    ${evidence.length > 0 && html`<dl>${evidence.map(row)}</dl>`}
  </section>`
}

function parameters(values: Readonly<Record<string, string>>): Html | undefined {
  const rows = Object.entries(values).map(([name, value]) => ({ name, value }))
  if (rows.length === 0) return undefined
  return html`<section>
    <h2>Parameters</h2>
    <dl class="exact">${rows.map(row)}</dl>
  </section>`
}

function row({ name, value, url }: Fact): Html {
  return html`<dt><bdi>${harmless(name)}</bdi></dt>
    <dd>
      <bdi>${harmless(value)}</bdi>
      ${url !== undefined && addressText(url)}
    </dd>`
}
