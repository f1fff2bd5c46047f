/** Puts texts together that may end as a sentence already: other people's error messages, and our own. */

/** With one full stop at its end. */
export function sentence(text: string): string {
  return `${clause(text)}.`
}

/** Without one, to go on after it. */
export function clause(text: string): string {
  return text.trimEnd().replace(/\.+$/, '')
}

/** `alice@company.com, bob@company.com and carol@company.com`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
