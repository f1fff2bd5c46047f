/** Lists in sentences, as people write them, and never longer than people read. */

/** How long a list in a sentence may get. */
export type Bounds = {
  /** How many members are named at most; from 1. */
  readonly most?: number
  /** How many characters the named members have together at most; the first is named in any case. */
  readonly room?: number
}

/** `a, b and c`; `a, b, c and 4 more` where the list is longer than its bounds. */
export function inWords(
  items: readonly string[],
  joint: 'and' | 'or' = 'and',
  { most = 3, room = 500 }: Bounds = {},
): string {
  const fitting = items
    .slice(0, most)
    .filter((_, at, all) => at === 0 || lengthOf(all.slice(0, at + 1)) <= room)
  const left = items.length - fitting.length
  const named = left > 0 ? [...fitting, `${left} more`] : fitting
  const last = named.at(-1) ?? ''
  return named.length < 2 ? last : `${named.slice(0, -1).join(', ')} ${joint} ${last}`
}

/**
 * At most so many characters of a text, and never half of one that UTF-16 writes as two: the API server stores another character in its
 * place, and what was written would never be what is read.
 */
export function beginningOf(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')
}

/** A text that other people's names may make as long as they like, and that something else follows. */
export function abbreviated(text: string, room: number): string {
  return text.length > room ? `${beginningOf(text, room).trimEnd()}…` : text
}

/** The longest message of a condition. */
export const longestMessage = 1024

/** A message whose beginning gets shorter where the whole would not find room in a condition: its end says what to do. @param room of both */
export function endingIn(beginning: string, end: string, room = longestMessage): string {
  return `${abbreviated(beginning, room - end.length - 1)}${end}`
}

function lengthOf(items: readonly string[]): number {
  return items.reduce((sum, item) => sum + item.length, 0)
}

/** With a capital letter. */
export function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** A clause as a sentence. Only a word begins with a capital letter then: an address, a name or code stays as it is written. */
export function asSentence(clause: string): string {
  return `${/^[a-z]+ /.test(clause) ? capitalized(clause) : clause}.`
}

/** A message without what it quotes of somebody else, an id or a moment for instance, which may differ each time. */
export function withoutQuotes(message: string): string {
  return message.replaceAll(/ \("[^"]*"\)/g, '')
}

/** A message without the moments in it, as `clock` writes them. */
export function withoutMoments(message: string): string {
  return message.replaceAll(/\b\d\d:\d\d UTC\b/g, '…')
}
