/** POST /requests/:namespace/:name/answer: everything is checked again, on live data, before the provider is told. */
import type { Context } from 'hono'
import type { AuthenticationChannel, ChannelAnswer } from '../core/ports/channel.ts'
import type { Clock, Log } from '../core/ports/surroundings.ts'
import { isFromOurPage, isSameToken } from './form-guard.ts'
import { isFresh, maxAgeSeconds } from './freshness.ts'
import { addressOf, questionToken } from './look-up.ts'
import type { LookUp, ShownQuestion } from './look-up.ts'
import { outcomePage } from './page-outcome.ts'
import { loginPath, messagePage, notFoundPage } from './pages.ts'
import type { Message } from './pages.ts'
import type { Decision, Given, PromptState } from './prompt-state.ts'
import type { ClaimedPrompt, Prompts } from './prompts.ts'
import type { SettledQuestion } from './question.ts'
import type { Session, Sessions } from './session.ts'

export type AnswerParts = {
  readonly lookUp: LookUp
  readonly sessions: Sessions
  readonly prompts: Prompts
  readonly channel: AuthenticationChannel
  readonly clock: Clock
  readonly publicUrl: URL
  readonly log: Log
}

export async function receiveAnswer(context: Context, parts: AnswerParts): Promise<Response> {
  const page = context.req.path.replace(/\/answer$/, '')
  const session = await parts.sessions.read(context)
  if (session === undefined || !isFresh(session.person, parts.clock.now(), maxAgeSeconds.toAnswer))
    return context.html(messagePage(logInFirst(page)), 403)
  const form = await context.req.parseBody()
  const isOurs = isFromOurPage(context.req.raw.headers, parts.publicUrl)
  if (!isOurs || !isSameToken(session.formToken, form.form_token))
    return context.html(messagePage(foreignForm(page)), 403)
  const decision = decisionFrom(form.decision)
  if (decision === undefined) return context.html(messagePage(unreadable(page)), 400)

  const shown = await parts.lookUp(addressOf(context), session.person)
  if (shown === undefined) return context.html(notFoundPage(session.person, page), 404)
  const settled = (question: SettledQuestion): Response | Promise<Response> =>
    context.html(outcomePage(question, shown.request, session.person), 409)
  // The object may have been replaced by another of the same name since the page was shown.
  if (form.question !== questionToken(shown)) return settled({ kind: 'Changed' })
  if (shown.question.kind !== 'Open') return settled(shown.question)
  const given = { decision, at: parts.clock.now().toISOString() }
  const claimed = await parts.prompts.claim(shown.prompt, given)
  if (claimed === undefined) return settled({ kind: 'Answering' })

  const answer = { shown, session, given, claimed }
  const outcome = await give(answer, parts)
  const isNoted = await note(answer, outcome, parts)
  if (outcome === 'Taken') {
    if (isNoted) return context.redirect(page, 303)
    return context.html(outcomePage({ kind: 'Answered', given }, shown.request, session.person))
  }
  if (outcome === 'Refused') return settled({ kind: 'Refused', unconfirmed: claimed.answerable.unconfirmed })
  return context.html(messagePage(noClearAnswer(page)), 502)
}

type Answer = {
  readonly shown: ShownQuestion
  readonly session: Session
  readonly given: Given
  readonly claimed: ClaimedPrompt
}

async function give(
  { claimed, given, session, shown }: Answer,
  { channel, log }: AnswerParts,
): Promise<ChannelAnswer> {
  const { decision } = given
  const outcome = await channel.answer(
    claimed.answerable.bearer,
    decision === 'approve' ? 'SUCCEED' : 'UNAUTHORIZED',
  )
  const { ref, digest } = shown.prompt
  const { issuer, subject, name } = session.person
  const said = {
    request: `${ref.namespace}/${ref.name}`,
    uid: ref.uid,
    decision,
    person: { issuer, subject, name },
  }
  if (outcome === 'Taken') log.info('answer given', { event: 'AnswerGiven', ...said, digest })
  else log.warn('answer not taken', { event: 'AnswerNotTaken', ...said, outcome })
  return outcome
}

/** The provider has its answer by now: what cannot be noted here is said to the person all the same. */
async function note(
  { claimed, given }: Answer,
  outcome: ChannelAnswer,
  { prompts, log }: AnswerParts,
): Promise<boolean> {
  try {
    await prompts.settle(claimed, stateAfter(outcome, given, claimed))
    return true
  } catch (error) {
    log.warn('answer not noted', { ...claimed.prompt.ref, error: String(error) })
    return false
  }
}

/** What was not clearly taken may be sent again: the provider takes a bearer once. */
function stateAfter(outcome: ChannelAnswer, given: Given, { answerable }: ClaimedPrompt): PromptState {
  switch (outcome) {
    case 'Taken':
      return { kind: 'Answered', given }
    case 'Refused':
      return { kind: 'Refused', unconfirmed: answerable.unconfirmed }
    case 'Unknown':
      return { kind: 'Waiting', bearer: answerable.bearer, unconfirmed: given }
  }
}

function decisionFrom(value: unknown): Decision | undefined {
  return value === 'approve' || value === 'deny' ? value : undefined
}

/** A link and no redirect: `form-action` would stop one that leads to the provider. */
function logInFirst(page: string): Message {
  return {
    title: 'Log in again to answer',
    text: 'An answer counts only shortly after a login. Nothing was sent.',
    link: { href: loginPath(page), text: 'Log in and come back' },
  }
}

function foreignForm(page: string): Message {
  return {
    title: 'This form is not ours',
    text: 'The answer did not come from a page that you had open here. Nothing was sent.',
    link: backTo(page),
  }
}

function unreadable(page: string): Message {
  return {
    title: 'Neither Approve nor Deny',
    text: 'The answer could not be read. Nothing was sent.',
    link: backTo(page),
  }
}

function noClearAnswer(page: string): Message {
  return {
    title: 'The provider did not confirm',
    text: 'Your answer was sent, but the provider gave no clear word. Open the question and answer again: it counts once at most.',
    link: backTo(page),
  }
}

function backTo(page: string): NonNullable<Message['link']> {
  return { href: page, text: 'Back to the question' }
}
