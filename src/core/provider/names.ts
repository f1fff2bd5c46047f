/**
 * How names of people are compared. Who is accepted is folded narrowly and who is excluded widely, so that neither a look-alike
 * nor another spelling gets an approval that it should not.
 */
import type { EffectiveTerms } from '../../api/objects.ts'

/** How the claim that names the approver is compared with what is expected. */
export type Comparison = NonNullable<EffectiveTerms['approvers'][number]['comparison']>

/** Claims by which people log in: directories and providers keep one account for all spellings of them. */
const loginNames = ['email', 'preferred_username', 'upn', 'unique_name']

/** `sub` is compared exactly, always: OpenID Connect Core §2 says that it is case-sensitive. */
export function comparisonOf(claim: string): Comparison {
  return loginNames.includes(claim) ? 'IgnoreCase' : 'Exact'
}

/**
 * Whether a claim has the value that is expected. Of letters only A to Z count as their small ones: this is the same in every
 * locale, keeps the length, and takes no look-alike (the Kelvin sign, a dotted İ, a Cyrillic а) for a letter.
 */
export function hasValue(received: unknown, expected: string, comparison: Comparison = 'Exact'): boolean {
  if (typeof received !== 'string') return false
  return comparison === 'IgnoreCase'
    ? withSmallLetters(received) === withSmallLetters(expected)
    : received === expected
}

function withSmallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** A provider's error code, for a sentence: in quotes where it would not be read as one word (RFC 6749 §5.2 allows spaces in it). */
export function codeInWords(code: string): string {
  return /^[\w.:/-]+$/.test(code) && code.length <= longestShown ? code : shown(code)
}

const longestShown = 100

/** A value from outside, for a message: bounded, in quotes, and with everything but printable ASCII written as its code. */
export function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value !== 'string') return shownOther(value)
  const escaped = Array.from(value.slice(0, longestShown), (character) =>
    /^[\x20-\x7e]$/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  ).join('')
  return `"${escaped}${value.length > longestShown ? '…' : ''}"`
}

const mostElements = 3

/** JSON that is no text. */
function shownOther(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return 'no text'
  const more = value.length > mostElements ? ', …' : ''
  return `[${value.slice(0, mostElements).map(shown).join(', ')}${more}]`
}
