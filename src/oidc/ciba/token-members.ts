/**
 * The members of a token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3, RFC 9396 §7), each read or found malformed: what
 * is malformed, JSON's null included, is never taken for absent.
 */
import { isObject } from '../../core/json-object.ts'
import type { JsonObject } from '../../core/json-object.ts'
import type { GrantedDetails, MalformedMember, TokenResponse } from '../../core/ports/redeeming.ts'
import { shown } from '../../core/provider/names.ts'
import { positiveNumber } from './answer.ts'

type Members = Omit<TokenResponse, 'accessToken'>

/** Reads all but the access token. The first malformed member is named, and nothing of the response may be used then. */
export function readTokenMembers(body: JsonObject): Members {
  const tokenType = tokenTypeIn(body.token_type)
  const idToken = textIn('id_token', body.id_token)
  const expiresIn = lifetimeIn(body.expires_in)
  const scope = scopeIn(body.scope)
  const malformed =
    misplacedIn(body) ?? [tokenType, idToken, expiresIn, scope].find((member) => member.kind === 'Malformed')
  return {
    tokenType: valueOf(tokenType) ?? 'Bearer',
    idToken: valueOf(idToken),
    expiresInSeconds: valueOf(expiresIn),
    scope: valueOf(scope),
    ...detailsIn(body.authorization_details),
    ...(malformed !== undefined && { malformed: { member: malformed.member, message: malformed.message } }),
  }
}

/** Messages quote what is malformed, and a scope that was not asked for. */
const quotedMembers = ['token_type', 'expires_in', 'scope'] as const
const tokenMembers = ['access_token', 'id_token', 'refresh_token'] as const
/** What is shorter may be a part of any word. */
const shortestToken = 8

/** A provider that mixes its members up: what stands where a message would quote it is a token. */
function misplacedIn(body: JsonObject): MalformedMember | undefined {
  const tokens = tokenMembers.flatMap((name) => {
    const token = body[name]
    return typeof token === 'string' && token.length >= shortestToken ? [token] : []
  })
  const member = quotedMembers.find((name) =>
    [body[name]]
      .flat()
      .some((text) => typeof text === 'string' && tokens.some((token) => text.includes(token))),
  )
  return member && malformed(member, 'has a token in its place, which is not quoted')
}

type Read<T> =
  | { readonly kind: 'Absent' }
  | { readonly kind: 'Present'; readonly value: T }
  | ({ readonly kind: 'Malformed' } & MalformedMember)

function valueOf<T>(member: Read<T>): T | undefined {
  return member.kind === 'Present' ? member.value : undefined
}

function textIn(name: string, value: unknown): Read<string> {
  if (value === undefined) return { kind: 'Absent' }
  if (typeof value === 'string' && value !== '') return { kind: 'Present', value }
  return malformed(name, 'has no text for it')
}

/** REQUIRED, and written in any case (RFC 6749 §5.1). §7.1: a token of a type that is not understood must not be used. */
function tokenTypeIn(value: unknown): Read<string> {
  if (value === undefined) return malformed('token_type', 'lacks it, which RFC 6749 §5.1 requires')
  const text = textIn('token_type', value)
  if (text.kind !== 'Present' || /^bearer$/i.test(text.value)) return text
  const type = isTypeName.test(text.value) ? shown(text.value) : 'another text'
  return malformed('token_type', `has ${type} and not "Bearer": nobody could use the token`)
}

/** What is no name of a type is a token perhaps, by a provider that swaps its members. */
const isTypeName = /^[a-z][a-z_-]{0,11}$/i

/** A number of seconds, as which a text of digits counts too. */
function lifetimeIn(value: unknown): Read<number> {
  if (value === undefined) return { kind: 'Absent' }
  const seconds = value === 0 || value === '0' ? 0 : positiveNumber(value)
  if (seconds !== undefined) return { kind: 'Present', value: seconds }
  const isNegative = typeof value === 'number' && value < 0
  return malformed(
    'expires_in',
    `has ${shown(value)}, ${isNegative ? 'which is negative' : 'which is no number of seconds'}. ${toState}`,
  )
}

const toState = 'Configure the provider to send expires_in as a positive number of seconds'

/** A list of scopes is read as the text that it should have been; an empty text grants none. */
function scopeIn(value: unknown): Read<string> {
  if (value === undefined) return { kind: 'Absent' }
  const text =
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(' ') : value
  if (typeof text === 'string' && /^[\x20-\x7e]*$/.test(text)) return { kind: 'Present', value: text }
  return malformed('scope', `has ${shown(value)}, which is no list of scopes`)
}

/** Nobody grants so many for one action; an empty list grants none. */
const mostDetails = 16

function detailsIn(value: unknown): { readonly authorizationDetails?: GrantedDetails } {
  if (value === undefined) return {}
  if (!Array.isArray(value) || value.length > mostDetails || !value.every(isObject))
    return { authorizationDetails: 'Unreadable' }
  return value.length === 0 ? {} : { authorizationDetails: value }
}

function malformed(member: string, what: string): { readonly kind: 'Malformed' } & MalformedMember {
  return { kind: 'Malformed', member, message: `the token response ${what}` }
}
