/** The question as its approver sees it: typed facts first, what was measured, then what the requester claims. */
import { html } from 'hono/html'
import type { ApprovalRequest } from '../api/objects.ts'
import { codeOf } from '../core/approval/digest.ts'
import { headlineOf } from '../core/approval/rendering.ts'
import type { LoggedInPerson } from '../core/ports/login.ts'
import { harmless } from './harmless.ts'
import { frame } from './pages.ts'
import type { Html } from './pages.ts'

export type OpenQuestion = {
  readonly request: ApprovalRequest
  readonly person: LoggedInPerson
  readonly answerBy: Date
  /** Come back with the answer: who the form was made for, and which question was on the page. */
  readonly formToken: string
  readonly questionToken: string
}

export function requestPage({ request, person, answerBy, formToken, questionToken }: OpenQuestion): Html {
  const { metadata, spec, status } = request
  const headline = headlineOf(request)
  const body = html`<h1>${harmless(headline)}</h1>
    <p class="code">
      <span>Code</span> <strong>${codeOf(request)}</strong> <span>The requester sees the same code.</span>
    </p>
    <dl class="facts">
      <dt>Asked by</dt>
      <dd><bdi>${harmless(spec.requester.username)}</bdi></dd>
      <dt>Answer until</dt>
      <dd><time datetime="${answerBy.toISOString()}">${utc(answerBy)}</time></dd>
      <dt>If you approve</dt>
      <dd>${consequence(request)}</dd>
    </dl>
    ${measured(status?.computed ?? [])} ${claimed(request)} ${parameters(spec.parameters ?? {})}
    <form method="post" action="/requests/${metadata.namespace ?? ''}/${metadata.name}/answer">
      <input type="hidden" name="form_token" value="${formToken}" />
      <input type="hidden" name="question" value="${questionToken}" />
      <button name="decision" value="deny">Deny</button>
      <button name="decision" value="approve">Approve</button>
    </form>
    <p class="hint">If you did not expect this, or the code differs from the requester's, deny it.</p>`
  return frame({ title: headline, person, body })
}

/** `2026-11-23 09:32:31 UTC` */
export function utc(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`
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
    <h2>Measured</h2>
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

/** An address is text: the page leads nowhere that the requester chose. */
function row({ name, value, url }: Fact): Html {
  return html`<dt><bdi>${harmless(name)}</bdi></dt>
    <dd>
      <bdi>${harmless(value)}</bdi>
      ${url !== undefined && html`<span>${harmless(url)}</span>`}
    </dd>`
}
