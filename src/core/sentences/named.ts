/** Whom a sentence names. One name may be part of another: Ann of Joann, ann@company.com of joann@company.com. Pure. */

/** Those of the names that the text names, each as a whole. */
export function namedIn(text: string, names: readonly string[]): readonly string[] {
  const named = new Set<string>()
  replaceNames(text, names, (name) => {
    named.add(name)
    return mark
  })
  return names.filter((name) => named.has(name))
}

/** The text with the same mark for each of the names. */
export function withoutNames(text: string, names: readonly string[]): string {
  return replaceNames(text, names, () => '…')
}

/** The longest first: what is part of another name is gone by then. */
function replaceNames(text: string, names: readonly string[], replace: (name: string) => string): string {
  return names
    .filter((name) => name !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, name) => rest.replaceAll(wholeName(name), () => replace(name)), text)
}

/** Nothing that a name is written with stands beside it; a full stop ends the sentence. */
function wholeName(name: string): RegExp {
  return new RegExp(`(?<![${inNames}.])${escaped(name)}(?![${inNames}]|\\.[${inNames}])`, 'gu')
}

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

const inNames = '\\p{L}\\p{N}_@+%\\-'

/** Not part of any name. */
const mark = '\u0000'
