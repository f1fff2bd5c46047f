/** JSON from outside, read with suspicion. */

/** Parsed, and nothing known about its members. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Undefined for whatever is not the text of a JSON object. */
export function jsonObject(source: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(source)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** No array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text that says something, or undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
