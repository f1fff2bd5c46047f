/** Whether the approver logged in as the policy requires, by what the ID token says of the login (OpenID Connect Core §2). */
import type { EffectiveTerms } from '../../api/objects.ts'
import { clockToleranceSeconds, durationOf, secondsAfter, secondsBetween, timestamp } from '../duration.ts'
import type { IdTokenClaims } from '../ports/redeeming.ts'
import { shown } from '../provider/names.ts'
import { inWords } from '../words.ts'

/** How the approver must have logged in. */
export type Requirements = NonNullable<EffectiveTerms['require']>

/** The claims of an answer, and when the operator received it. */
export type Login = { readonly claims: IdTokenClaims; readonly receivedAt: Date }

/**
 * What the answer lacks, as a clause that names what is required and what came; undefined where it lacks nothing. A claim that is
 * absent or malformed never counts: a provider need not return it unless it was asked for it (OpenID Connect Core §2, §3.1.2.1).
 */
export function weaknessOf(
  { policy, require = {} }: Pick<EffectiveTerms, 'policy' | 'require'>,
  login: Login,
): string | undefined {
  return contextFault(policy, require, login) ?? ageFault(policy, require, login)
}

/** The values of a list, for a sentence. */
export function valuesInWords(values: readonly string[], joint: 'and' | 'or'): string {
  return inWords(values.map(shown), joint, { most: mostValues, room: mostCharacters })
}

const mostValues = 8
const mostCharacters = 300

function contextFault(
  policy: string,
  { acrValues }: Requirements,
  { claims: { acr } }: Login,
): string | undefined {
  if (acrValues === undefined || (typeof acr === 'string' && acrValues.includes(acr))) return undefined
  const came = acr === undefined ? 'has no acr' : `has the acr ${shown(acr)}`
  return `acr: policy ${policy} requires a login with the acr ${valuesInWords(acrValues, 'or')}, and the ID token ${came}`
}

function ageFault(
  policy: string,
  { maxAuthenticationAgeSeconds: most }: Requirements,
  { claims: { auth_time: authTime }, receivedAt }: Login,
): string | undefined {
  if (most === undefined) return undefined
  const rule = `auth_time: policy ${policy} requires a login at most ${durationOf(most)} before the answer`
  if (typeof authTime !== 'number' || !isMoment(authTime))
    return `${rule}, and the ID token does not say when the approver logged in (auth_time is ${shown(authTime)})`
  const loggedInAt = new Date(authTime * 1000)
  const came = `the ID token names a login at ${timestamp(loggedInAt)}`
  if (loggedInAt > secondsAfter(receivedAt, clockToleranceSeconds))
    return `${rule}, and ${came}, after the answer was received; compare the clocks`
  if (loggedInAt >= secondsAfter(receivedAt, -most - clockToleranceSeconds)) return undefined
  return `${rule}, and ${came}, ${durationOf(secondsBetween(loggedInAt, receivedAt))} before`
}

/** A date that RFC 3339 can write. */
export function isMoment(epochSeconds: number): boolean {
  return epochSeconds >= 0 && epochSeconds < 1e11
}
