/**
 * Whether a person is logged in as the request's policy requires (`status.effective.require`). The operator checks what the provider signs
 * in the end; here a person learns that she has to log in otherwise before she answers, and a provider that only repeats what this
 * inbox says, as Keycloak does, gets no answer from a weaker login.
 */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { LoggedInPerson } from '../../core/ports/login.ts'
import { isFresh, maxAgeSeconds } from './freshness.ts'
import type { Purpose } from './freshness.ts'

/** The acr values of which the login must have one; none, if any login will do. */
export function acrValuesFor({ status }: ApprovalRequest): readonly string[] {
  return status?.effective?.require?.acrValues ?? []
}

/** Whether a login has one of these acr values. */
export function hasAcr({ acr }: Pick<LoggedInPerson, 'acr'>, acrValues: readonly string[]): boolean {
  return acrValues.length === 0 || (acr !== undefined && acrValues.includes(acr))
}

/** Whether the login is recent and strong enough for this request. Half of the time that the policy gives is for reading. */
export function isLoginFor(
  request: ApprovalRequest,
  person: LoggedInPerson,
  { purpose, now }: { readonly purpose: Purpose; readonly now: Date },
): boolean {
  const most = request.status?.effective?.require?.maxAuthenticationAgeSeconds ?? Infinity
  const atMost = Math.min(maxAgeSeconds[purpose], purpose === 'toOpen' ? most / 2 : most)
  return isFresh(person, now, atMost) && hasAcr(person, acrValuesFor(request))
}

const mostValues = 8

/** What our own links ask for; anything else is no list of acr values, and asks for nothing. */
export function acrValuesIn(parameter: string | undefined): readonly string[] {
  const values = parameter?.split(' ') ?? []
  const isList = values.length <= mostValues && values.every((value) => /^[!-~]{1,255}$/.test(value))
  return isList ? values : []
}
