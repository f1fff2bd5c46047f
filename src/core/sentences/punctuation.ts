/** Puts texts together that may end as a sentence already: other people's error messages, and our own. */

/** With one full stop at its end. */
export function sentence(text: string): string {
  return `${clause(text)}.`
}

/** Without one, to go on after it. */
export function clause(text: string): string {
  return text.trimEnd().replace(/\.+$/, '')
}
