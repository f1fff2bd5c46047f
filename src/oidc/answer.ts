/** What a provider's endpoint sent back, read with suspicion: bounded, parsed, cleaned. */
import { jsonObject } from '../core/json-object.ts'
import type { JsonObject } from '../core/json-object.ts'

/** `body` is undefined unless the answer was a JSON object. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly body: JsonObject | undefined
}

/** An OAuth error (RFC 6749 §5.2), fit for a condition's message. */
export type Refusal = {
  readonly error: string
  readonly description?: string
  readonly retryAfterSeconds?: number
}

/**
 * The body counts whatever the headers say: a `WWW-Authenticate` challenge, which makes openid-client stop reading, comes
 * with an OAuth error as well (RFC 6749 §5.2, `invalid_client`).
 */
export async function readAnswer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: jsonObject(await response.text()) }
}

/**
 * The OAuth error in an answer that is not a success. A 429 or 5xx whose "error" has spaces is one of a proxy or a framework, which says
 * there what the status is called, as in `{"error": "Service Unavailable"}`.
 */
export function refusalIn({ status, headers, body }: Answer, now: Date): Refusal | undefined {
  const error = body?.error
  if (status < 400 || typeof error !== 'string' || !isErrorCode(error)) return undefined
  if ((status === 429 || status >= 500) && error.trim().includes(' ')) return undefined
  return {
    error: error.trim().slice(0, longestErrorCode),
    ...descriptionIn(body),
    ...retryAfterIn(headers, now),
  }
}

/** What of a code is passed on. */
const longestErrorCode = 64

/** RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E, and not blank. */
function isErrorCode(text: string): boolean {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text) && text.trim() !== ''
}

function descriptionIn(body: JsonObject | undefined): Pick<Refusal, 'description'> {
  const description = cleaned(body?.error_description)
  return description === '' ? {} : { description }
}

/** Printable ASCII in one line, 200 characters at most. */
function cleaned(text: unknown): string {
  if (typeof text !== 'string') return ''
  return text
    .slice(0, 1000)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200)
}

const longestRetryAfterSeconds = 3600

/** Seconds or a date (RFC 9110 §10.2.3); more than an hour counts as an hour. */
export function retryAfterIn(headers: Headers, now: Date): Pick<Refusal, 'retryAfterSeconds'> {
  const text = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now.getTime()) / 1000)
  return seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, longestRetryAfterSeconds) } : {}
}

/** A JSON number, or one that was sent as a string. */
export function positiveNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}
