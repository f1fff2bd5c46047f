/** The provider's own pages: a username and a password, or why that did not work. No script, nothing from elsewhere. */
import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { KoaContextWithOIDC } from 'oidc-provider'

const style = `
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 22rem; margin: 3rem auto; padding: 0 1rem }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input, button { min-height: 2.75rem; padding: .5rem; margin: .25rem 0 1rem }
button { margin-top: .5rem; font-weight: 600; color: Canvas; background: CanvasText; border: 2px solid CanvasText; border-radius: .5rem }
[role=alert] { font-weight: 600 }
:focus-visible { outline: 3px solid currentcolor; outline-offset: 2px }
`
const styleSource = `sha256-${createHash('sha256').update(style).digest('base64')}`

/** Where the form is sent to, what was typed before, and what was wrong with it. */
export type LoginForm = {
  readonly action: string
  readonly username: string
  readonly problem: string | undefined
  /** Whether the code of an authenticator app is asked for. */
  readonly wantsCode: boolean
}

/** The form for username, password and code; neither password nor code is shown again. */
export function loginPage({ action, username, problem, wantsCode }: LoginForm): Html {
  return frame(
    'Log in',
    html`<h1>Log in</h1>
      <p>Embedded provider, for development only.</p>
      ${problem !== undefined && html`<p role="alert">${problem}</p>`}
      <form method="post" action="${action}">
        <label for="username">Username</label>
        <input
          id="username"
          name="username"
          value="${username}"
          autocomplete="username"
          autocapitalize="none"
          required
          autofocus
        />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        ${wantsCode && codeField}
        <button>Log in</button>
      </form>`,
  )
}

/** Not required: a person without a second factor logs in with one. */
const codeField = html`<label for="code">Code of your authenticator app</label>
  <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" />`

/** For `renderError` of oidc-provider: a page with the OAuth error code of the authorization endpoint. */
export async function loginErrorPage(
  ctx: KoaContextWithOIDC,
  { error }: { readonly error: string },
): Promise<void> {
  await sendPage(
    ctx,
    frame(
      'Login failed',
      html`<h1>Login failed</h1>
        <p>The provider says: ${error}</p>`,
    ),
  )
}

/**
 * Answers with a page that may load nothing but its own style.
 * @param formTarget where a form of the page may lead besides the provider itself: browsers apply `form-action` to the
 *   redirects after a form too, and after a login they lead back to the client
 */
export async function sendPage(ctx: KoaContextWithOIDC, page: Html, formTarget = ''): Promise<void> {
  ctx.type = 'html'
  ctx.set({
    'content-security-policy': [
      "default-src 'none'",
      `style-src '${styleSource}'`,
      `form-action 'self' ${formTarget}`.trimEnd(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  ctx.body = String(await page)
}

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const styleElement = raw(`<style>${style}</style>`)

function frame(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`
}
