/**
 * One authenticated form POST to an endpoint of the provider, never repeated.
 *
 * openid-client helps with the client authentication but does not send: its `initiateBackchannelAuthentication` throws on
 * `interval: 0` after the person was prompted, and `genericGrantRequest` throws a token away whose ID token it dislikes,
 * where we have to revoke it and say which check failed.
 */
import type { AssertionClaims } from '../../core/ports/prompting.ts'
import { readAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { CibaMetadata } from '../provider/backchannel.ts'
import { NoAnswerError } from '../http/bounded-fetch.ts'
import type { BoundedFetch } from '../http/bounded-fetch.ts'
import type { Authenticate } from '../client/authentication.ts'

/** A client at one provider, ready to authenticate. */
export type Client = {
  readonly metadata: CibaMetadata
  readonly clientID: string
  readonly authenticate: Authenticate
}

/** What to post, and how long to wait for the answer. */
export type Form = {
  readonly url: string
  readonly parameters: URLSearchParams
  /** Where the provider has to recognise a second sending of the same form. */
  readonly assertion?: AssertionClaims | undefined
  readonly timeoutSeconds: number
  readonly fetch: BoundedFetch
}

/** What came of one POST. `NotSent`: no connection came about. `NoAnswer`: the provider may have read the form. */
export type Reply =
  | { readonly kind: 'Answered'; readonly answer: Answer }
  | { readonly kind: 'NotSent'; readonly detail: string }
  | { readonly kind: 'NoAnswer'; readonly detail: string }

/** Authenticates the client in a form and sends it, once. Secrets of the form are redacted from what the answer says. */
export async function postForm(
  client: Client,
  { url, parameters, assertion, timeoutSeconds, fetch }: Form,
): Promise<Reply> {
  const body = new URLSearchParams(parameters)
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  })
  await client.authenticate({ issuer: client.metadata.issuer, body, headers, assertion })
  try {
    const timeoutMs = Math.ceil(timeoutSeconds * 1000)
    const response = await fetch(url, { method: 'POST', headers, body, timeoutMs })
    return { kind: 'Answered', answer: await readAnswer(response, secretsIn(body, headers)) }
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    return { kind: error.sent === 'No' ? 'NotSent' : 'NoAnswer', detail: error.message }
  }
}

const confidential = [
  'auth_req_id',
  'client_secret',
  'client_assertion',
  'client_notification_token',
  'token',
] as const

/** What of a request only the provider may read. */
function secretsIn(body: URLSearchParams, headers: Headers): readonly string[] {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.get('authorization') ?? '') ?? []
  const [, password = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  const sent = [
    encoded,
    password,
    formDecoded(password),
    // As somebody reads it who takes it for a part of a URL, where `+` is no space.
    decodeURIComponent(password),
    ...confidential.map((name) => body.get(name) ?? ''),
  ]
  return sent.filter((secret) => secret !== '')
}

/** RFC 6749 §2.3.1: both parts of `Basic` are form-encoded. */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
