/** Answers to what a machine called wrongly, in one shape for every server: `{"error": {"reason", "message"}}`. */

/** Each reason's status (RFC 9110 §15). */
const statuses = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  TooLarge: 413,
  UnsupportedMediaType: 415,
  TooMany: 429,
  NotReady: 503,
  Unavailable: 503,
} as const

/** The reasons that a caller reads in `error.reason`, and that metrics count. */
export type FaultReason = keyof typeof statuses

/** Some statuses come with a field that says how to do better (RFC 9110 §15.5). */
const headers: Partial<Record<FaultReason, Readonly<Record<string, string>>>> = {
  Unauthorized: { 'www-authenticate': 'Bearer' },
  MethodNotAllowed: { allow: 'POST' },
  TooMany: { 'retry-after': '1' },
  Unavailable: { 'retry-after': '1' },
}

/** What a caller did wrong, or why it cannot be answered now; `message` is for the caller to read. */
export type Fault<Reason extends FaultReason = FaultReason> = {
  readonly reason: Reason
  readonly message: string
}

/**
 * An error as every server of the operator answers it: JSON, never cached, with the status and the header fields of its
 * reason.
 * @param more header fields that say more than the usual ones of this reason, such as an error of RFC 6750 §3
 */
export function faultResponse(
  { reason, message }: Fault,
  more: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { error: { reason, message } },
    { status: statuses[reason], headers: { 'cache-control': 'no-store', ...headers[reason], ...more } },
  )
}

/** Whether a `content-type` header names JSON, with whatever parameters (RFC 9110 §8.3.1). */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json\b/i.test(contentType ?? '')
}
