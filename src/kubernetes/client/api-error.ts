/** What the API server answers when it refuses, and what remains when it does not answer at all. */

const longestMessage = 2048

/** An answer of the API server that is not a success. `reason` is that of its `metav1.Status`, for example `NotFound`. */
export class KubernetesApiError extends Error {
  readonly code = 'ERR_KUBERNETES_API'
  readonly status: number
  readonly reason: string
  /** How long the API server asks to wait before the next call, if it does (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined

  constructor(
    answer: Readonly<Pick<KubernetesApiError, 'status' | 'reason' | 'message' | 'retryAfterSeconds'>>,
  ) {
    super(answer.message.slice(0, longestMessage))
    this.name = 'KubernetesApiError'
    this.status = answer.status
    this.reason = answer.reason
    this.retryAfterSeconds = answer.retryAfterSeconds
  }
}

/** No usable answer came: refused, reset, timed out, too large. A write may or may not have happened. */
export class KubernetesUnreachableError extends Error {
  readonly code = 'ERR_KUBERNETES_UNREACHABLE'

  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'KubernetesUnreachableError'
  }
}

/**
 * The one place where a `metav1.Status` is read, be it the body of a response or an `ERROR` in a watch.
 * A body that is none (a proxy's HTML page) is named by its HTTP status only.
 */
export function apiErrorFrom(
  body: unknown,
  http: { readonly status: number; readonly retryAfter?: string | undefined },
): KubernetesApiError {
  const status = isRecord(body) && body.kind === 'Status' ? body : {}
  const details = isRecord(status.details) ? status.details : {}
  return new KubernetesApiError({
    status: numberOr(status.code, http.status),
    reason: textOr(status.reason, 'Unknown'),
    message: textOr(status.message, `the API server answered ${http.status} without a Status`),
    retryAfterSeconds: secondsFrom(http.retryAfter) ?? secondsFrom(details.retryAfterSeconds),
  })
}

/** The error of a call that is not sent, since the API server could only refuse it. */
export function badRequest(message: string): KubernetesApiError {
  return new KubernetesApiError({ status: 400, reason: 'BadRequest', message, retryAfterSeconds: undefined })
}

/** @returns whether the value is a JSON object */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : otherwise
}

/** The API server writes whole seconds; a date, which RFC 9110 allows too, is not taken. */
function secondsFrom(value: unknown): number | undefined {
  const seconds = Number(value ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}
