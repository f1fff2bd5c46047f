/** What a provider's endpoint sent back, read with suspicion: bounded, parsed, cleaned. */
import { STATUS_CODES } from 'node:http'
import { jsonObject, text } from '../../core/json-object.ts'
import type { JsonObject } from '../../core/json-object.ts'
import type { ErrorText } from '../../core/ports/prompting.ts'
import { isNamedError } from '../../core/prompt/provider-errors.ts'
import { shapeOf } from './body-shape.ts'
import type { BodyShape } from './body-shape.ts'
import { sentenceIn, titleOf } from './error-sentence.ts'
import { quotable, withoutSecrets } from '../provider/quotable.ts'

/** An HTTP answer of a provider's endpoint; `body` is undefined unless it was a JSON object. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly shape: BodyShape
  readonly body: JsonObject | undefined
  /** What an error, or a page in the place of a success, says in its own words, fit to be quoted. */
  readonly sentence?: string
}

/** An OAuth error (RFC 6749 §5.2), or what is taken for one, fit for a condition's message. */
export type Refusal = ErrorText & { readonly retryAfterSeconds?: number }

/**
 * Reads an answer whatever its headers say: a `WWW-Authenticate` challenge, which makes openid-client stop reading, comes with
 * an OAuth error as well (RFC 6749 §5.2, `invalid_client`).
 * @param secrets what was sent and only the provider may read: some quote it in their errors
 */
export async function readAnswer(response: Response, secrets: readonly string[] = []): Promise<Answer> {
  const { status, headers } = response
  const received = await response.text()
  const source = status < 400 || isSimple(received) ? received : ''
  const shape = shapeOf(source)
  const body = jsonObject(source)
  const sentence = quotable(wordsIn(source, { status, shape, body }) ?? '', secrets)
  return {
    ...{ status, headers, shape, body: withoutQuotes(body, secrets) },
    ...(sentence !== undefined && { sentence }),
  }
}

/** A success is never quoted: it may hold a token. */
function wordsIn(
  source: string,
  { status, shape, body }: Pick<Answer, 'status' | 'shape' | 'body'>,
): string | undefined {
  if (isError({ status, body })) return sentenceIn(source)
  return shape === 'Page' ? titleOf(source) : undefined
}

/** Some servers send OAuth's errors with HTTP 200: what has an error, and nothing that a success is about, is one. */
function isError({ status, body }: Pick<Answer, 'status' | 'body'>): boolean {
  if (status < 200 || status >= 300) return status >= 400
  return text(body?.error) !== undefined && grants.every((member) => body?.[member] === undefined)
}

const grants = ['access_token', 'id_token', 'refresh_token', 'auth_req_id'] as const

/** The code of an error ends in conditions and logs as well; one that a specification names decides what happens, and is no secret. */
function withoutQuotes(body: JsonObject | undefined, secrets: readonly string[]): JsonObject | undefined {
  if (typeof body?.error !== 'string' || isNamedError(body.error.trim())) return body
  return { ...body, error: withoutSecrets(body.error, secrets) }
}

/**
 * Members, elements and what holds them, in an error. It comes with each token request that is too early, and to parse a hundred thousand
 * takes milliseconds; a success comes once, and is read whatever it is, for its token to be revoked.
 */
const mostParts = 10_000

function isSimple(text: string): boolean {
  let parts = 0
  for (let index = 0; index < text.length && parts <= mostParts; index++)
    if (partMarks.has(text.charCodeAt(index))) parts += 1
  return parts <= mostParts
}

const partMarks: ReadonlySet<number> = new Set([',', '[', '{'].map((mark) => mark.charCodeAt(0)))

/**
 * The OAuth error in an answer that is no success. A 429 or 5xx whose "error" has spaces is one of a proxy or a framework; so is a
 * 5xx with a code that no specification names, such as `bad_gateway`, but for a 503, with which some providers send codes of their own.
 */
export function refusalIn(answer: Answer, now: Date): Refusal | undefined {
  const { status, headers, body, sentence } = answer
  const error = body?.error
  if (!isError(answer) || typeof error !== 'string' || !isErrorCode(error)) return undefined
  const code = error.trim()
  if (isReasonPhrase(code, status) || ((status === 429 || status >= 500) && code.includes(' ')))
    return undefined
  if (status >= 500 && status !== 503 && !isNamedError(code)) return undefined
  return {
    error: code.slice(0, longestErrorCode),
    ...(sentence !== undefined && !code.startsWith(sentence) && { description: sentence }),
    ...retryAfterIn(headers, now),
  }
}

/** What of a code is passed on. */
const longestErrorCode = 64

/** RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E, and not blank. */
function isErrorCode(text: string): boolean {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text) && text.trim() !== ''
}

/** `{"status": 401, "error": "Unauthorized"}` is what frameworks and proxies say by themselves. 400 alone is OAuth's own status. */
function isReasonPhrase(code: string, status: number): boolean {
  return status !== 400 && STATUS_CODES[status]?.toLowerCase() === code.toLowerCase()
}

const longestRetryAfterSeconds = 3600

/** The header `Retry-After`: seconds or a date (RFC 9110 §10.2.3); more than an hour counts as an hour. */
export function retryAfterIn(headers: Headers, now: Date): Pick<Refusal, 'retryAfterSeconds'> {
  const text = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now.getTime()) / 1000)
  return seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, longestRetryAfterSeconds) } : {}
}

/** Reads a JSON number above 0, or one that was sent as a string. @returns undefined for anything else */
export function positiveNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}
