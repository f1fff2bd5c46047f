/**
 * What the token endpoint's answer means (CIBA Core §10.1, §11). An answer is issued once: what comes as a success and can be read as
 * none ends the request at once. What may be the word of a proxy is no answer, and the token is asked for again. Pure.
 */
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
import { longestIntervalSeconds } from '../../core/prompt/polling.ts'
import { positiveNumber, refusalIn, retryAfterIn } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'
import type { JsonObject } from '../../core/json-object.ts'
import { shapeInWords } from './body-shape.ts'
import { quotation } from '../provider/quotable.ts'
import { readTokenMembers } from './token-members.ts'

/**
 * Reads an answer of the token endpoint: the token response, the OAuth error, or that nothing is known.
 * @param now for a `Retry-After` that is a date
 */
export function readTokenAnswer(answer: Answer, now: Date): TokenOutcome {
  const { status, headers, body, sentence } = answer
  const refusal = refusalIn(answer, now) ?? refusalByStatus(answer)
  if (refusal !== undefined && !isBusy(status, refusal))
    return { kind: 'Error', ...refusal, ...longerWait(refusal, body) }
  if (status >= 200 && status < 300) return success(answer)
  return unreachable(`answered HTTP ${status}${quotation(sentence)}`, retryAfterIn(headers, now))
}

/**
 * The provider itself finds fault with the request, in a format of its own, and would again. A page may be that of a proxy; so may any
 * other status, such as the 404 of one that does not know the provider for a moment.
 */
function refusalByStatus({ status, shape, sentence }: Answer): Refusal | undefined {
  if (shape !== 'Object' || ![400, 410, 422].includes(status)) return undefined
  return {
    ...{ error: `http_${status}`, httpStatus: status },
    ...(sentence !== undefined && { description: sentence }),
  }
}

/** JSON, or a form with a token, is the provider's; a page may be a proxy's, and what is incomplete was lost on its way. */
function success({ status, shape, body, sentence }: Answer): TokenOutcome {
  if (body !== undefined) return granted(status, body)
  const what = `HTTP ${status}${shape === 'Object' ? '' : ` with ${shapeInWords[shape]}`}`
  if (shape === 'OtherJson' || shape === 'Token') return { kind: 'Malformed', detail: what }
  return unreachable(`answered ${what}${quotation(sentence)}`)
}

/**
 * As it came: the ID token is verified by its own step, which can say what is wrong with it. A refresh token is left behind
 * here; revoking it would revoke the access token with it (RFC 7009 §2.1). An access token that is no text was granted all the same,
 * and will not be again.
 */
function granted(status: number, body: JsonObject): TokenOutcome {
  const accessToken = body.access_token
  if (accessToken === undefined) return { kind: 'Malformed', detail: `HTTP ${status} without access_token` }
  const members = readTokenMembers(body)
  if (typeof accessToken === 'string' && accessToken !== '')
    return { kind: 'Granted', response: { accessToken, ...members } }
  const malformed = { member: 'access_token', message: 'the token response has no text for it' }
  return { kind: 'Granted', response: { accessToken: '', ...members, malformed } }
}

/** 429 and 503 are about the moment (CIBA Core §10.1.1), whatever code of its own a provider adds, too_many_requests say. */
function isBusy(status: number, { error }: Refusal): boolean {
  return (status === 429 || status === 503) && !aboutTheRequest.includes(error)
}

const aboutTheRequest = ['authorization_pending', 'slow_down', 'server_error', 'temporarily_unavailable']

/** Some providers say the new interval in the body of slow_down as well; the longer wait counts. */
function longerWait(
  { error, retryAfterSeconds }: Refusal,
  body: JsonObject | undefined,
): Pick<Refusal, 'retryAfterSeconds'> {
  const interval = error === 'slow_down' ? positiveNumber(body?.interval) : undefined
  if (interval === undefined) return {}
  return {
    retryAfterSeconds: Math.max(
      Math.min(Math.ceil(interval), longestIntervalSeconds),
      retryAfterSeconds ?? 0,
    ),
  }
}

function unreachable(what: string, wait: Pick<Refusal, 'retryAfterSeconds'> = {}): TokenOutcome {
  return { kind: 'Unreachable', detail: `the token endpoint ${what}`, ...wait }
}
