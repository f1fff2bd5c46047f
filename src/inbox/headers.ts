/** What browsers are told with every answer of the inbox. */
import { styleHash } from './style.ts'

/**
 * `form-action` holds for redirects after a form too, so no form may lead to the provider: logging in is always a link or
 * the redirect of a GET.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const always = {
  'content-security-policy': contentSecurityPolicy,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

export function securityHeaders(publicUrl: URL): Readonly<Record<string, string>> {
  return publicUrl.protocol === 'https:'
    ? { ...always, 'strict-transport-security': 'max-age=31536000' }
    : always
}
