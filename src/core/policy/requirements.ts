/** What a policy requires of the approver's login, and whether its provider supports that (OpenID Connect Discovery §3). */
import type { ApprovalPolicy, EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import { valuesInWords } from '../answer/strength.ts'
import { secondsOf } from '../duration.ts'
import { blocked } from './selection.ts'
import type { Blocked } from './selection.ts'

/** As they are fixed for a request; nothing where the policy requires nothing. */
export function requirementsOf({ spec }: ApprovalPolicy): Pick<EffectiveTerms, 'require'> {
  if (spec.require === undefined) return {}
  const { acrValues, maxAuthenticationAge } = spec.require
  return {
    require: {
      ...(acrValues !== undefined && { acrValues }),
      ...(maxAuthenticationAge !== undefined && {
        maxAuthenticationAgeSeconds: secondsOf(maxAuthenticationAge),
      }),
    },
  }
}

/** The authentication contexts that a provider lists; undefined where it does not say, which is no obstacle. */
type Listed = readonly string[] | undefined

/** Why no answer under the policy could be strong enough, as a clause; undefined where nothing speaks against it. */
export function unsupportedBy(
  provider: IdentityProvider,
  { metadata, spec }: ApprovalPolicy,
): string | undefined {
  const wanted = { policy: metadata.name, identityProvider: provider.metadata.name, require: spec.require }
  return fault(wanted, provider.status?.acrValuesSupported)
}

/** Why a request waits before its prompt, by what the provider lists at that moment. */
export function blockedByLogin(terms: EffectiveTerms, listed: Listed): Blocked | undefined {
  const found = fault(terms, listed)
  return found === undefined
    ? undefined
    : blocked(
        'AuthenticationNotSupported',
        `${found}. Ask a platform engineer to correct spec.require of the policy, or to let the provider support one of them.`,
      )
}

/** Whether answers can be strong enough shows only at the first one. */
export function isUnknown({ spec }: ApprovalPolicy, { status }: IdentityProvider): boolean {
  return spec.require?.acrValues !== undefined && status?.acrValuesSupported === undefined
}

type Wanted = Pick<EffectiveTerms, 'policy' | 'identityProvider'> & {
  readonly require?: { readonly acrValues?: readonly string[] } | undefined
}

function fault({ policy, identityProvider, require }: Wanted, listed: Listed): string | undefined {
  const wanted = require?.acrValues
  if (wanted === undefined || listed === undefined || wanted.some((value) => listed.includes(value)))
    return undefined
  const supports =
    listed.length === 0
      ? 'lists no values (acr_values_supported is empty)'
      : `supports ${valuesInWords(listed, 'and')} (acr_values_supported)`
  return `policy ${policy} requires a login with the acr ${valuesInWords(wanted, 'or')}, and IdentityProvider ${identityProvider} ${supports}`
}
