/** What the backchannel authentication endpoint's answer means (CIBA Core §7.3, §13). Pure. */
import { longestAuthReqId, type PromptOutcome } from '../core/ports/prompting.ts'
import { positiveNumber, refusalIn, retryAfterIn } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'

/** CIBA Core §7.3. */
const defaultIntervalSeconds = 5
const longestInterval = 3600

export function readPromptAnswer(answer: Answer, requestedExpirySeconds: number, now: Date): PromptOutcome {
  const { status } = answer
  if (status >= 200 && status < 300) return acknowledgement(answer, requestedExpirySeconds)
  const refusal = refusalOf(answer, now)
  return refusal === undefined ? unknown(`it answered HTTP ${status}`) : { kind: 'NotPrompted', ...refusal }
}

/**
 * The person has been prompted now, so `auth_req_id` alone decides. Everything else has a default: a provider that sends no
 * usable `expires_in` was asked for `requested_expiry`, and forgetting its prompt too late only costs token requests.
 */
function acknowledgement({ body }: Answer, requestedExpirySeconds: number): PromptOutcome {
  const authReqId = body?.auth_req_id
  if (typeof authReqId !== 'string' || authReqId === '')
    return unknown('it answered 200 without an auth_req_id')
  if (authReqId.length > longestAuthReqId)
    return unknown('it answered 200 with an auth_req_id that is too long')
  const interval = Math.ceil(positiveNumber(body?.interval) ?? defaultIntervalSeconds)
  return {
    kind: 'Prompted',
    authReqId,
    expiresInSeconds: Math.floor(positiveNumber(body?.expires_in) ?? requestedExpirySeconds),
    intervalSeconds: Math.min(interval, longestInterval),
  }
}

function refusalOf(answer: Answer, now: Date): Refusal | undefined {
  const { status, headers } = answer
  const refusal = refusalIn(answer, now)
  // Some providers name these two with codes of their own, such as too_many_requests; the status says it all.
  if (status === 429 || status === 503)
    return isPassing(refusal)
      ? refusal
      : { ...retryAfterIn(headers, now), ...refusal, error: 'temporarily_unavailable' }
  if (refusal !== undefined) return refusal
  // A challenge without an OAuth error: whoever answered did not let the client in (RFC 9110 §15.5.2).
  if (status === 401) return { error: 'invalid_client', description: 'HTTP 401 without an OAuth error' }
  // Any other 4xx is a refusal too (RFC 9110 §15.5), but for the two that may follow a request that was acted on.
  if (status >= 400 && status < 500 && status !== 408 && status !== 409)
    return { error: `http_${status}`, description: `HTTP ${status} without an OAuth error` }
  return undefined
}

function isPassing(refusal: Refusal | undefined): boolean {
  return refusal?.error === 'server_error' || refusal?.error === 'temporarily_unavailable'
}

function unknown(what: string): PromptOutcome {
  return { kind: 'Unknown', detail: `the backchannel authentication endpoint: ${what}` }
}
