/** A provider's words, fit to be quoted in a condition, an Event and a log: without secrets and markup, in one short line. Pure. */
import { beginningOf } from '../../core/words.ts'

/** What is quoted of a text, in characters. */
const longestQuote = 200

const mark = '...'

/**
 * Redacts, cleans and shortens a text to 200 characters.
 * @param secrets what only the provider may read, as it was sent
 * @returns undefined where nothing is left
 */
export function quotable(text: string, secrets: readonly string[]): string | undefined {
  // Redacted before anything is cut, which could leave a part of a secret.
  const line = withoutCredentials(withoutSecrets(text, secrets))
    .replaceAll(tag, ' ')
    .replaceAll(unprintable, ' ')
    .replaceAll(pileOfMarks, '$1')
    .replaceAll('"', "'")
    .replaceAll(/ {2,}/g, ' ')
    .trim()
  const quote = beginningOf(line, longestQuote).trim()
  return quote === '' || quote === mark ? undefined : quote
}

const tag = /<\/?[a-z!?][^<>]*>/gi

/** Whatever is no letter, mark, digit, sign or plain space: control, bidirectional and zero-width characters among them. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu

/** Languages need three marks at most; more of them draw over neighbouring lines. */
const pileOfMarks = /(\p{M}{3})\p{M}+/gu

/** A name or an address as the provider wrote it, fit for a sentence: printable ASCII without spaces, of at most so many characters. */
export function named(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[^\x21-\x7e]/g, '?')
}

/** What a message says after its own words: ` ("…")`, or nothing. */
export function quotation(quote: string | undefined): string {
  return quote === undefined ? '' : ` ("${quote}")`
}

/** What is shorter is guessed at once, and would be taken out of the middle of words. */
const shortestSecret = 4

/** Replaces each secret of four characters or more by `...`, also as a form or a URL has it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString().slice(7),
    ])
    .flatMap((spelling) => [spelling, spelling.replaceAll(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase())])
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, mark), text)
}

/** What looks like a credential that was not sent: a JWT, a value of an Authorization header, a long random text. */
function withoutCredentials(text: string): string {
  return text
    .replaceAll(/\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, mark)
    .replaceAll(/\b(bearer|basic|dpop) +[\w.~+/=-]{12,}/gi, `$1 ${mark}`)
    .replaceAll(/\b(\w*(?:secret|password|assertion|token))=[^\s&"',;]+/gi, `$1=${mark}`)
    .replaceAll(/[\w~+=-]{32,}/g, (run) => (isRandom(run) ? mark : run))
}

/** Letters and digits mixed; but a UUID, which support asks for, is quoted. */
function isRandom(run: string): boolean {
  const isUuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(run)
  return !isUuid && /\d/.test(run) && /[a-z]/i.test(run)
}
