/** Reads a parsed file field by field, and says exactly which one is wrong. Values are never repeated: some are secret. */

/** The file cannot be used; the message names the field and what it must be. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError'
  readonly code = 'ERR_DIRECTORY'
}

type Bounds = { readonly otherwise: number; readonly most: number }

/**
 * The fields of one mapping. Each method takes a field; `nothingElse` then refuses what nobody took. All throw a
 * DirectoryError.
 */
export type Fields = {
  text(name: string, pattern: RegExp): string
  optionalText(name: string, pattern: RegExp): string | undefined
  texts(name: string, rule: { readonly each: RegExp; readonly least: number }): readonly string[]
  uri(name: string): string
  optionalWebUrl(name: string): string | undefined
  seconds(name: string, bounds: Bounds): number
  objects(name: string): readonly Fields[]
  object(name: string): Fields
  optionalObject(name: string): Fields | undefined
  nothingElse(): void
}

/**
 * Wraps a parsed value.
 * @param path where the value stands in the file, empty for the file itself
 * @throws DirectoryError if it is no mapping
 */
export function fieldsOf(value: unknown, path = ''): Fields {
  const wrong = (name: string, rule: string): DirectoryError =>
    new DirectoryError(`${pathOf(path, name)} ${rule}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DirectoryError(`${path === '' ? 'the file' : path} must be a mapping of fields`)
  const fields = value as Readonly<Record<string, unknown>>
  const taken = new Set<string>()

  function take(name: string): unknown {
    taken.add(name)
    return fields[name]
  }

  return {
    text: (name, pattern) => matching(pathOf(path, name), take(name), pattern),
    optionalText(name, pattern) {
      const candidate = take(name)
      return candidate === undefined ? undefined : matching(pathOf(path, name), candidate, pattern)
    },
    texts(name, { each, least }) {
      const values = take(name) ?? []
      if (!Array.isArray(values) || values.length < least)
        throw wrong(name, `must be a list of ${least} or more`)
      return values.map((candidate: unknown, index) =>
        matching(pathOf(path, `${name}[${index}]`), candidate, each),
      )
    },
    uri(name) {
      const candidate = take(name)
      if (isUri(candidate)) return candidate
      throw wrong(name, 'must be an absolute URI without a fragment')
    },
    optionalWebUrl(name) {
      const candidate = take(name)
      if (candidate === undefined || (isUri(candidate) && /^https?:/.test(candidate))) return candidate
      throw wrong(name, 'must be an http or https URL without a fragment')
    },
    seconds(name, { otherwise, most }) {
      const candidate = take(name) ?? otherwise
      if (typeof candidate === 'number' && Number.isInteger(candidate) && candidate >= 1 && candidate <= most)
        return candidate
      throw wrong(name, `must be whole seconds from 1 to ${most}`)
    },
    objects(name) {
      const values = take(name)
      if (!Array.isArray(values) || values.length === 0)
        throw wrong(name, 'must be a list with at least one entry')
      return values.map((entry: unknown, index) => fieldsOf(entry, pathOf(path, `${name}[${index}]`)))
    },
    object: (name) => fieldsOf(take(name), pathOf(path, name)),
    optionalObject(name) {
      const entry = take(name)
      return entry === undefined ? undefined : fieldsOf(entry, pathOf(path, name))
    },
    nothingElse() {
      const unknown = Object.keys(fields).find((name) => !taken.has(name))
      if (unknown !== undefined) throw wrong(unknown, 'is not a field that is known here; remove it')
    },
  }
}

function matching(field: string, candidate: unknown, pattern: RegExp): string {
  if (typeof candidate === 'string' && pattern.test(candidate)) return candidate
  throw new DirectoryError(`${field} must be a text that matches ${pattern.source}`)
}

function pathOf(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isUri(candidate: unknown): candidate is string {
  if (typeof candidate !== 'string' || candidate.length > 512) return false
  return URL.canParse(candidate) && !candidate.includes('#')
}
