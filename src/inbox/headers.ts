/** Header fields that every answer of the inbox carries for browsers. */
import { countdownHash } from './views/countdown.ts'
import { styleHash } from './views/style.ts'

/**
 * `form-action` holds for redirects after a form too, so no form may lead to the provider: logging in is always a link or
 * the redirect of a GET.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${styleHash}'`,
  `script-src '${countdownHash}'`,
  // The script sets text only; what would set HTML is refused by the browser.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
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

/**
 * Content-Security-Policy and its companions; `strict-transport-security` only where browsers use https.
 * @param publicUrl where browsers find the inbox
 */
export function securityHeaders(publicUrl: URL): Readonly<Record<string, string>> {
  return publicUrl.protocol === 'https:'
    ? { ...always, 'strict-transport-security': 'max-age=31536000' }
    : always
}
