/** What the body of an answer is, where it is not the JSON object that it should be: a proxy's page, an incomplete answer, another format. Pure. */
import { isObject } from '../../core/json-object.ts'
import { isMarkup } from './error-sentence.ts'

/** `Object`: a JSON object, as it should be. */
export type BodyShape = 'Object' | 'OtherJson' | 'Incomplete' | 'Page' | 'Token' | 'Text' | 'Empty'

/**
 * @param source the whole body as it was received
 * @returns `Incomplete` for what begins as JSON and is none: the rest of it may have been lost on its way; `Token` for a form, such as
 *   `access_token=…&scope=…`
 */
export function shapeOf(source: string): BodyShape {
  const text = source.trim()
  if (text === '') return 'Empty'
  const value = jsonIn(text)
  if (value !== undefined) return isObject(value) ? 'Object' : 'OtherJson'
  if (/^[{["]/.test(text)) return 'Incomplete'
  if (isMarkup(text)) return 'Page'
  return /\baccess_token\b/.test(text) ? 'Token' : 'Text'
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What stands after `answered HTTP 200 with `, for each shape that is no JSON object. */
export const shapeInWords = {
  OtherJson: 'JSON that is no object',
  Incomplete: 'JSON that is incomplete',
  Page: 'a page instead of JSON',
  Token: 'a form instead of JSON',
  Text: 'text instead of JSON',
  Empty: 'an empty body',
} as const satisfies Record<Exclude<BodyShape, 'Object'>, string>
