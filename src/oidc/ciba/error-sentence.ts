/**
 * What the body of an error says in its own words. OAuth's place for it is `error_description` (RFC 6749 §5.2); what providers, gateways
 * and frameworks answer otherwise is read too: problem details (RFC 9457), Okta's `errorSummary`, `{"error": {"message"}}`, plain text,
 * and of a page its title. Pure; nothing is redacted or bounded here.
 */
import { isObject } from '../../core/json-object.ts'

/** Finds the sentence for people in the body of an error. @returns undefined where there is none */
export function sentenceIn(body: string): string | undefined {
  const source = body.trim()
  const value = parsed(source)
  if (value !== undefined) return sentenceOf(value, 0)
  return isMarkup(source) ? titleOf(source) : plainText(source)
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

/** The shape with most levels that a provider is known to send has these: `{"errors": [{"message"}]}`. */
const deepest = 3

function sentenceOf(value: unknown, depth: number): string | undefined {
  if (depth > deepest) return undefined
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (Array.isArray(value)) return sentenceOf(value[0], depth + 1)
  return isObject(value) ? sentenceOfMembers(membersOf(value), depth) : undefined
}

type Members = ReadonlyMap<string, unknown>

/** Names are spelled in any case and with or without underscores: `errorSummary`, `Message`, `error_code`. */
function membersOf(object: Readonly<Record<string, unknown>>): Members {
  return new Map(
    Object.entries(object).map(([name, value]) => [name.toLowerCase().replaceAll('_', ''), value] as const),
  )
}

const descriptions = [
  'errorsummary',
  'detail',
  'message',
  'errormessage',
  'description',
  'faultstring',
  'msg',
]
const labels = ['title', 'errorcode', 'code']
const nests = ['error', 'errors', 'fault']

/** OAuth's own member by itself; others after the code or the title that goes with them. */
function sentenceOfMembers(members: Members, depth: number): string | undefined {
  const described = firstText(members, ['errordescription'])
  if (described !== undefined) return described
  const label = firstText(members, labels)
  const sentence = firstText(members, descriptions) ?? nestedIn(members, depth)
  const parts = [label, sentence].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : [...new Set(parts)].join(': ')
}

function firstText(members: Members, names: readonly string[]): string | undefined {
  return names
    .map((name) => members.get(name))
    .find((value): value is string => typeof value === 'string' && value.trim() !== '')
}

function nestedIn(members: Members, depth: number): string | undefined {
  return nests
    .map((name) => sentenceOf(members.get(name), depth + 1))
    .find((sentence) => sentence !== undefined)
}

/** Whether a text has a tag in it. @param source the body as it was received */
export function isMarkup(source: string): boolean {
  return /<[a-z!?/]/i.test(source)
}

/** What a browser would show in its tab. @param page the body as it was received */
export function titleOf(page: string): string | undefined {
  const [, title = ''] = /<title[^<>]{0,200}>([^<]{1,1000})/i.exec(page) ?? []
  const text = title.replaceAll(/&#?\w{1,10};/g, ' ').trim()
  return text === '' ? undefined : text
}

/** Neither half of a JSON object nor binary. */
function plainText(source: string): string | undefined {
  const isText = !/^[{["]/.test(source) && !/[\0-\x08\x0e-\x1f\ufffd]/.test(source)
  return isText && source !== '' ? source : undefined
}
