/**
 * Addresses of others as text that shows where they lead. They are no links: a page to approve on leads nowhere that the
 * requester chose.
 */
import { html } from 'hono/html'
import { sanitized } from './sanitized.ts'
import type { Html } from './pages.ts'

/**
 * The host stands out, in the form that resolvers see: other alphabets become `xn--…` (RFC 5890), so no letter looks like
 * another, and a name before an `@` does not look like the host.
 */
export function addressText(text: string): Html {
  const url = URL.parse(text)
  if (url === null || url.host === '') return html`<span class="address">${sanitized(text)}</span>`
  const { href, host } = url
  const start = href.indexOf(host, hostBegin(href))
  return html`<span class="address"
    >${href.slice(0, start)}<b>${host}</b>${href.slice(start + host.length)}</span
  >`
}

/** After `//`, and after what stands before an `@` in the authority (RFC 3986 §3.2). */
function hostBegin(href: string): number {
  const authority = href.indexOf('//') + 2
  const [name = ''] = href.slice(authority).split(/[/?#]/, 1)
  return authority + name.lastIndexOf('@') + 1
}
