/** What the backchannel authentication endpoint's answer means (CIBA Core §7.3, §13). Pure. */
import { longestAuthReqId } from '../../core/ports/prompting.ts'
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { JsonObject } from '../../core/json-object.ts'
import { defaultIntervalSeconds, longestIntervalSeconds } from '../../core/prompt/polling.ts'
import { positiveNumber, refusalIn, retryAfterIn } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'
import { shapeInWords } from './body-shape.ts'
import { quotation } from '../provider/quotable.ts'

/**
 * Reads an answer of the backchannel authentication endpoint (CIBA Core §7.3, §13). Only an OAuth error or a clear refusal
 * says that nobody was prompted.
 * @param now for a `Retry-After` that is a date
 */
export function readPromptAnswer(answer: Answer, now: Date): PromptOutcome {
  const { status } = answer
  const refusal = refusalOf(answer, now)
  if (refusal !== undefined) return { kind: 'NotPrompted', ...refusal }
  if (status >= 200 && status < 300) return acknowledgement(answer)
  const what = `answered HTTP ${status} without an OAuth error${quotation(answer.sentence)}`
  return { ...unknown(what), ...retryAfterIn(answer.headers, now) }
}

/**
 * The person has been prompted now. `auth_req_id` and `expires_in` are REQUIRED: without the one the answer cannot be fetched, without
 * the other nobody knows how long it can be. `interval` has a default, which serves for one that cannot be read as well.
 */
function acknowledgement({ status, shape, body, sentence }: Answer): PromptOutcome {
  if (body === undefined) {
    const what = shape === 'Object' ? '' : ` with ${shapeInWords[shape]}`
    return unknown(`answered HTTP ${status}${what}${quotation(sentence)}`)
  }
  const authReqId = body.auth_req_id
  const expiresIn = positiveNumber(body.expires_in)
  if (typeof authReqId !== 'string' || authReqId === '') return malformed(body, 'auth_req_id', 'a string')
  if (authReqId.length > longestAuthReqId)
    return malformed(body, 'auth_req_id', `at most ${longestAuthReqId} characters long`)
  if (expiresIn === undefined || expiresIn < 1)
    return malformed(body, 'expires_in', 'a positive number of seconds')
  const interval = Math.ceil(positiveNumber(body.interval) ?? defaultIntervalSeconds)
  return {
    kind: 'Prompted',
    authReqId,
    expiresInSeconds: Math.floor(expiresIn),
    intervalSeconds: Math.min(interval, longestIntervalSeconds),
  }
}

function malformed(body: JsonObject, member: 'auth_req_id' | 'expires_in', want: string): PromptOutcome {
  const isAbsent = body[member] === undefined || body[member] === null
  return {
    kind: 'Malformed',
    detail: isAbsent ? `without ${member}` : `with an ${member} that is not ${want}`,
  }
}

/**
 * What is no OAuth error may come from a proxy that had passed the request on: a 503, like any 5xx, says nothing then about whether
 * somebody was prompted.
 */
function refusalOf(answer: Answer, now: Date): Refusal | undefined {
  const { status } = answer
  const refusal = refusalIn(answer, now)
  if (refusal !== undefined) {
    // Some providers name these two with codes of their own, such as too_many_requests; the status says it all.
    const isBusy = status === 429 || status === 503
    return isBusy && !isPassing(refusal) ? { ...refusal, error: 'temporarily_unavailable' } : refusal
  }
  // A challenge without an OAuth error: whoever answered did not let the client in (RFC 9110 §15.5.2).
  if (status === 401) return { error: 'invalid_client', ...withoutError(answer) }
  // Whoever limits the rate has not taken the request (RFC 6585 §4).
  if (status === 429)
    return {
      ...{ error: 'temporarily_unavailable', ...withoutError(answer) },
      ...retryAfterIn(answer.headers, now),
    }
  // What is asked for is elsewhere (RFC 9110 §15.4); of a 303 that may be said of a request that was acted on.
  if ([301, 302, 307, 308].includes(status)) return { error: `http_${status}`, httpStatus: status }
  // Any other 4xx is a refusal too (RFC 9110 §15.5), but for those that may follow a request that was acted on.
  if (status >= 400 && status < 500 && ![408, 409].includes(status))
    return { error: `http_${status}`, ...withoutError(answer) }
  return undefined
}

function withoutError({ status, sentence }: Answer): Pick<Refusal, 'description' | 'httpStatus'> {
  return { httpStatus: status, ...(sentence !== undefined && { description: sentence }) }
}

function isPassing({ error }: Refusal): boolean {
  return error === 'server_error' || error === 'temporarily_unavailable'
}

function unknown(what: string): PromptOutcome {
  return { kind: 'Unknown', detail: `the backchannel authentication endpoint ${what}` }
}
