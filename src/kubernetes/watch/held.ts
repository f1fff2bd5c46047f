/** How a cache holds an object: as it is, or as text that is parsed when somebody asks for it. */

/** @returns what was held */
export type Held<T> = () => T

export type Hold<T> = (object: T) => Held<T>

/** For kinds of which there are few and that are read in every reconcile. */
export function asObject<T>(object: T): Held<T> {
  return () => object
}

/**
 * For kinds of which anyone may create many: a parsed object takes three to four times the memory of its JSON. Each reading is a
 * new object. One byte for each byte of UTF-8: a single ’ would make V8 keep the whole text in two bytes a character.
 */
export function asText<T>(object: T): Held<T> {
  const json = Buffer.from(JSON.stringify(object))
  const text = json.toString('latin1')
  const isAscii = json.every((byte) => byte < 0x80)
  // The cast is earned by the stringification above.
  return () => JSON.parse(isAscii ? text : Buffer.from(text, 'latin1').toString()) as T
}
