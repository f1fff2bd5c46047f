/** How a cache holds an object: as it is, or as text that is parsed when somebody asks for it. */

/** A held object. @returns the object; parsed again for each call where it is held as text */
export type Held<T> = () => T

/** Turns an object into what the cache keeps of it. */
export type Hold<T> = (object: T) => Held<T>

/** For types of which there are few objects, which every reconcile reads. */
export function asObject<T>(object: T): Held<T> {
  return () => object
}

/**
 * For types of which anyone may create many objects: a parsed object takes three to four times the memory of its JSON. Each
 * reading is a new object. One byte for each byte of UTF-8: a single ’ would make V8 keep the whole text in two bytes a
 * character.
 */
export function asText<T>(object: T): Held<T> {
  const json = Buffer.from(JSON.stringify(object))
  const text = json.toString('latin1')
  const isAscii = json.every((byte) => byte < 0x80)
  // The cast is earned by the stringification above.
  return () => JSON.parse(isAscii ? text : Buffer.from(text, 'latin1').toString()) as T
}
