/** The frame of every page, and the pages that only say something. Plain HTML: none of them needs a script. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { sanitized } from './sanitized.ts'
import { style } from './style.ts'

/** Escaped HTML. Text of others goes through `sanitized` before it gets here. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

type Frame = { readonly title: string; readonly person?: LoggedInPerson | undefined; readonly body: Html }

/** Holds exactly what `styleHash` was computed from. */
const styleElement = raw(`<style>${style}</style>`)

/** A complete page around `body`: title, style sheet, and who is logged in. */
export function frame({ title, person, body }: Frame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${sanitized(title)} &middot; Countersign</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <strong>Countersign</strong>
          ${person && html`<span>Logged in as <bdi>${sanitized(nameOf(person))}</bdi></span>`}
        </header>
        <main>${body}</main>
      </body>
    </html>`
}

/** A link to a path of the inbox itself. */
export type Link = { readonly href: string; readonly text: string }

/** The words of a page that only says something. */
export type Message = {
  readonly title: string
  /** The headline of the request that it is about. */
  readonly about?: string
  readonly text: string
  readonly detail?: string
  /** What happens next. */
  readonly next?: string
  readonly links?: readonly Link[]
  readonly person?: LoggedInPerson
}

/** A page without a form: a title, one to three sentences, and links. */
export function messagePage({ title, about, text, detail, next, links = [], person }: Message): Html {
  const body = html`<h1>${title}</h1>
    <div class="card">
      ${about && html`<p class="about">${words(about)}</p>`}
      <p>${sanitized(text)}</p>
      ${detail && html`<p>${sanitized(detail)}</p>`} ${next && html`<p>${sanitized(next)}</p>`}
      ${links.map(({ href, text: label }) => html`<div><a class="link" href="${href}">${label}</a></div>`)}
    </div>`
  return frame({ title, person, body })
}

/** Sanitized text, in which a name breaks at its dashes only if it fits into no line. */
export function words(text: string): readonly Html[] {
  return sanitized(text)
    .split(' ')
    .map((word) => html`<span class="word">${word}</span> `)
}

/**
 * The same page whether there is no such request or it is for somebody else.
 * @param returnTo the path to come back to after a login
 */
export function notFoundPage(person: LoggedInPerson | undefined, returnTo: string): Html {
  return messagePage({
    title: 'Nothing here for you',
    text: 'Nobody asks you about a request at this address: it is somebody else’s, it does not exist, or it ended more than an hour ago.',
    links: [...(person ? [toList] : []), { href: loginPath(returnTo), text: 'Log in as somebody else' }],
    ...(person && { person }),
  })
}

/** The link back to the list of open requests. */
export const toList: Link = { href: '/', text: 'What else waits for you' }

/**
 * The path that logs a person in and returns to `returnTo`. The provider authenticates again each time, so it is also the way
 * to switch to another person.
 * @param acrValues how she has to be authenticated
 */
export function loginPath(returnTo: string, acrValues: readonly string[] = []): string {
  const strength = acrValues.length > 0 && { acr_values: acrValues.join(' ') }
  return `/login?${new URLSearchParams({ to: returnTo, ...strength }).toString()}`
}

function nameOf({ name, preferredUsername, subject }: LoggedInPerson): string {
  return name ?? preferredUsername ?? subject
}
