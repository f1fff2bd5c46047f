/** The people that an annotation names. */

/** More than these are no people who did one thing. */
const mostPeople = 16
const longestName = 253
const longestList = mostPeople * (longestName + 2)

/**
 * Reads `alice`, `alice@company.com` or Git's `Alice <alice@company.com>`, several of them separated by commas, semicolons or line breaks.
 * Of Git's form both parts are names of the person.
 * @returns undefined where the value names nobody, or is not a list of names that fits into status
 */
export function peopleIn(value: string): readonly string[] | undefined {
  if (value.length > longestList) return undefined
  const entries = value.split(/[,;\r\n]/).map((entry) => entry.trim())
  const people = entries.filter((entry) => entry !== '')
  const names = people.flatMap(namesIn)
  const isFitting = names.every((name) => name.length <= longestName && /^[^\p{Cc}\p{Cf}]+$/u.test(name))
  return people.length > 0 && people.length <= mostPeople && isFitting ? [...new Set(names)] : undefined
}

function namesIn(entry: string): readonly string[] {
  const [, name = '', address = ''] = /^([^<>]*)<([^<>]+)>$/.exec(entry) ?? []
  return address === '' ? [entry] : [name.trim(), address.trim()].filter((part) => part !== '')
}
