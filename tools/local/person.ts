/** A person with a browser: opens the question, logs in, and presses a button. Goes through the real pages and forms. */

export type PersonAnswer = {
  readonly inboxUrl: string
  readonly request: { readonly namespace: string; readonly name: string }
  readonly username: string
  readonly password: string
  readonly decision: 'approve' | 'deny'
  /** What the person changes before approving. */
  readonly changes?: Readonly<Record<string, string>>
}

/** `address` is where the person ended up, with all redirects followed. */
export type Page = { readonly status: number; readonly address: string; readonly text: string }

export type Form = {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

export type Browser = {
  open(address: string): Promise<Page>
  /** Sends the page's form, filled in. `site`: what browsers say about where a form came from (Fetch Metadata). */
  send(
    page: Page,
    filled: Readonly<Record<string, string>>,
    site?: 'same-origin' | 'cross-site',
  ): Promise<Page>
}

const mostRedirects = 10
const timeoutMs = 20_000

/** @throws if the pages do not lead to an answer; the message quotes the last one's heading */
export async function answerAs(answer: PersonAnswer): Promise<Page> {
  const { inboxUrl, request, username, password, decision, changes = {} } = answer
  const browser = createBrowser()
  const address = `${inboxUrl}/requests/${request.namespace}/${request.name}`
  const login = await browser.open(address)
  if (formOn(login)?.fields.password === undefined) throw unexpected('a login form', login)
  const question = await browser.send(login, { username, password })
  if (formOn(question)?.fields.form_token === undefined) throw unexpected('the question', question)
  const fields = Object.entries(changes).map(([name, value]) => [`parameter.${name}`, value] as const)
  const sent = await browser.send(question, { decision, ...Object.fromEntries(fields) })
  const outcome = fields.length === 0 ? sent : await browser.send(sent, { decision: 'approve-changed' })
  if (outcome.status !== 200) throw unexpected('a confirmation', outcome)
  return outcome
}

/** Keeps cookies per host, as browsers do: not per port. */
export function createBrowser(): Browser {
  const cookies = new Map<string, string>()

  async function go(address: string, init: RequestInit): Promise<Page> {
    let next = { address, init }
    for (let count = 0; count <= mostRedirects; count += 1) {
      const response = await request(next.address, next.init)
      const location = response.headers.get('location')
      if (location === null)
        return { status: response.status, address: next.address, text: await response.text() }
      await response.body?.cancel()
      next = { address: new URL(location, next.address).href, init: {} }
    }
    throw new Error(`${address} redirects more than ${mostRedirects} times`)
  }

  async function request(address: string, init: RequestInit): Promise<Response> {
    const { hostname } = new URL(address)
    const headers = new Headers(init.headers)
    headers.set('cookie', cookiesFor(cookies, hostname))
    headers.set('accept', 'text/html')
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(address, { ...init, headers, signal, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) keep(cookies, hostname, cookie)
    return response
  }

  return {
    open: (address) => go(address, {}),
    send(page, filled, site = 'same-origin') {
      const form = formOn(page)
      if (form === undefined) throw unexpected('a form', page)
      const body = new URLSearchParams({ ...form.fields, ...filled })
      return go(new URL(form.action, page.address).href, {
        method: 'POST',
        body,
        headers: { 'sec-fetch-site': site },
      })
    },
  }
}

/** The page's only form, with the values that its inputs have. */
export function formOn({ text }: Page): Form | undefined {
  const action = /<form\b[^>]*\baction="([^"]*)"/.exec(text)?.[1]
  if (action === undefined) return undefined
  const inputs = text.match(/<input\b[^>]*>/g) ?? []
  const fields = inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')] as const)
  return { action: unescape(action), fields: Object.fromEntries(fields) }
}

export function headingOf({ text }: Page): string {
  const heading = /<h1\b[^>]*>([^]*?)<\/h1>/.exec(text)?.[1] ?? ''
  return unescape(heading.replaceAll(/<[^>]*>/g, '').trim())
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return text.replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity, name: string) => characters[name] ?? entity)
}

function unexpected(wanted: string, page: Page): Error {
  return new Error(`${page.address} answered ${page.status} "${headingOf(page)}" instead of ${wanted}`)
}

type Jar = Map<string, string>

function keep(jar: Jar, hostname: string, setCookie: string): void {
  const [pair = ''] = setCookie.split(';')
  const separator = pair.indexOf('=')
  const value = pair.slice(separator + 1)
  const key = `${hostname} ${pair.slice(0, separator)}`
  if (value === '' || /;\s*max-age=0/i.test(setCookie)) jar.delete(key)
  else jar.set(key, value)
}

function cookiesFor(jar: Jar, hostname: string): string {
  const prefix = `${hostname} `
  return [...jar]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => `${key.slice(prefix.length)}=${value}`)
    .join('; ')
}
