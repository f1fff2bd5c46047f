/** POST /requests/:namespace/:name/answer: everything is checked again, on live data, before the provider gets the answer. */
import type { Context } from 'hono'
import { changesInWords } from '../../core/action/adjustment.ts'
import { authorizationDetailOf } from '../../core/action/authorization-details.ts'
import type { AuthenticationChannel, ChannelAnswer, ChannelReply } from '../../core/ports/channel.ts'
import type { Clock, Log } from '../../core/ports/surroundings.ts'
import { hasErrors, stepAfter } from './entered.ts'
import type { Step } from './entered.ts'
import { isFromOurPage, isSameToken } from './form-guard.ts'
import { isFresh, maxAgeSeconds } from '../login/freshness.ts'
import { acrValuesFor, isLoginFor } from '../login/strength.ts'
import { addressOf, isGone, questionToken } from '../prompts/look-up.ts'
import type { LookUp, ShownQuestion } from '../prompts/look-up.ts'
import { gonePage, outcomePage } from '../views/outcome.ts'
import { changesPage } from '../views/changes.ts'
import { openQuestionOf, requestPage } from '../views/request.ts'
import { loginPath, messagePage, notFoundPage } from '../views/pages.ts'
import type { Link, Message } from '../views/pages.ts'
import type { Given, PromptState } from '../prompts/state.ts'
import type { ClaimedPrompt, Prompts } from '../prompts/store.ts'
import type { SettledQuestion } from '../prompts/answerable.ts'
import type { Session, Sessions } from '../login/session.ts'

/** What an answer passes through: the live look-up, the session, the kept prompt, and the channel to the provider. */
export type AnswerParts = {
  readonly lookUp: LookUp
  readonly sessions: Sessions
  readonly prompts: Prompts
  readonly channel: AuthenticationChannel
  readonly clock: Clock
  readonly publicUrl: URL
  readonly log: Log
}

/**
 * Gives the answer to the provider once: of two answers at the same time, one claims the prompt. Nothing is sent without a
 * fresh login and our own form.
 * @returns a page, or the way back to the request
 * @throws if the cluster or the prompt store cannot be read or written before the provider was called
 */
export async function receiveAnswer(context: Context, parts: AnswerParts): Promise<Response> {
  const page = pageOf(context)
  const session = await parts.sessions.read(context)
  if (session === undefined || !isFresh(session.person, parts.clock.now(), maxAgeSeconds.toAnswer))
    return context.html(messagePage(logInFirst(page)), 403)
  const form = await context.req.parseBody()
  const isOurs = isFromOurPage(context.req.raw.headers, parts.publicUrl)
  if (!isOurs || !isSameToken(session.formToken, form.form_token))
    return context.html(messagePage(foreignForm(page)), 403)

  const shown = await parts.lookUp(addressOf(context), session.person)
  if (shown === undefined) return context.html(notFoundPage(session.person, page), 404)
  if (isGone(shown)) return context.html(gonePage(shown.prompt, session.person), 410)
  const settled = (question: SettledQuestion): Response | Promise<Response> =>
    context.html(outcomePage({ ...shown, question, person: session.person }), 409)
  // The object may have been replaced by another of the same name since the page was shown.
  if (form.question !== questionToken(shown)) return settled({ kind: 'Changed' })
  const { question } = shown
  if (question.kind !== 'Open') return settled(question)

  const login = { purpose: 'toAnswer', now: parts.clock.now() } as const
  // A denial grants nothing, so it takes no stronger login.
  if (form.decision !== 'deny' && !isLoginFor(shown.request, session.person, login))
    return context.html(messagePage(logInFirst(page, acrValuesFor(shown.request))), 403)
  const step = stepAfter(form, shown)
  const open = openQuestionOf({ ...shown, question }, session, parts.clock.now())
  switch (step.kind) {
    case 'Unreadable':
      return context.html(messagePage(unreadable(page)), 400)
    case 'Edit':
      return context.html(requestPage(open, step.entered), hasErrors(step.entered) ? 422 : 200)
    case 'Confirm':
      return context.html(changesPage(open, step))
    case 'Give':
      return answerWith(context, parts, { shown, session, step })
  }
}

type Answering = {
  readonly shown: ShownQuestion
  readonly session: Session
  readonly step: Extract<Step, { kind: 'Give' }>
}

async function answerWith(
  context: Context,
  parts: AnswerParts,
  { shown, session, step }: Answering,
): Promise<Response> {
  const page = pageOf(context)
  const settled = (question: SettledQuestion): Response | Promise<Response> =>
    context.html(outcomePage({ ...shown, question, person: session.person }), 409)
  const { decision, choice } = step
  const changes = choice.changes.length > 0 && { changes: choice.changes }
  const given = { decision, at: parts.clock.now().toISOString(), ...changes }
  const claimed = await parts.prompts.claim(shown.prompt, given)
  if (claimed === undefined) return settled({ kind: 'Answering' })

  const answer = { shown, session, given, claimed }
  const outcome = await give(answer, replyOf(step, shown), parts)
  const isNoted = await note(answer, outcome, parts)
  if (outcome === 'Taken') {
    if (isNoted) return context.redirect(page, 303)
    return context.html(
      outcomePage({ ...shown, question: { kind: 'Answered', given }, person: session.person }),
    )
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

/** What was not changed is granted as it was asked, without a word about it. */
function replyOf({ decision, choice }: Answering['step'], { request }: ShownQuestion): ChannelReply {
  if (decision === 'deny') return { status: 'UNAUTHORIZED' }
  if (choice.changes.length === 0) return { status: 'SUCCEED' }
  const granted = { ...authorizationDetailOf(request), parameters: choice.parameters }
  return { status: 'SUCCEED', authorizationDetails: [granted] }
}

async function give(
  { claimed, given, session, shown }: Answer,
  reply: ChannelReply,
  { channel, log }: AnswerParts,
): Promise<ChannelAnswer> {
  const outcome = await channel.answer(claimed.answerable.bearer, reply)
  const { ref, digest } = shown.prompt
  const { issuer, subject, name } = session.person
  const { decision, changes } = given
  const said = {
    request: `${ref.namespace}/${ref.name}`,
    uid: ref.uid,
    decision,
    ...(changes !== undefined && { changes: changesInWords(changes) }),
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

function pageOf(context: Context): string {
  return context.req.path.replace(/\/answer$/, '')
}

/** A link and no redirect: `form-action` would stop one that leads to the provider. */
function logInFirst(page: string, acrValues: readonly string[] = []): Message {
  return {
    title: 'Log in again to answer',
    text: 'An answer counts only shortly after a login. Nothing was sent.',
    links: [{ href: loginPath(page, acrValues), text: 'Log in and come back' }],
  }
}

function foreignForm(page: string): Message {
  return {
    title: 'This form is not ours',
    text: 'The answer did not come from a page that you had open here. Nothing was sent.',
    links: [backTo(page)],
  }
}

function unreadable(page: string): Message {
  return {
    title: 'Neither Approve nor Deny',
    text: 'The answer could not be read. Nothing was sent.',
    links: [backTo(page)],
  }
}

function noClearAnswer(page: string): Message {
  return {
    title: 'The provider did not confirm',
    text: 'Your answer was sent, but the provider gave no clear word. Open the request and answer again: it counts once at most.',
    links: [backTo(page)],
  }
}

function backTo(page: string): Link {
  return { href: page, text: 'Back to the request' }
}
