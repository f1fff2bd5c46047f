/** Puts texts together that may end as a sentence already: other people's error messages, and our own. */
import { inWords } from '../words.ts'

/** With one full stop at its end. */
export function sentence(text: string): string {
  return `${clause(text)}.`
}

/** Without one, to go on after it. */
export function clause(text: string): string {
  return text.trimEnd().replace(/\.+$/, '')
}

/** What a provider says of an answer besides its code, after a clause. @param description fit to be quoted */
export function inItsWords(description: string | undefined): string {
  return description === undefined ? '' : `; the provider says "${description}"`
}

/** `1 prompt`, `2 prompts`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/**
 * `alice@company.com, bob@company.com and carol@company.com`: as many of them as find room in a condition, where more is said after them.
 *
 * @param room for the names, in characters
 */
export function people(names: readonly string[], room = 400): string {
  return inWords(names, 'and', { most: 16, room })
}
