/** The backchannel authentication request that prompts an approver (CIBA Core §7.1). */
import { approverOf } from './prompt.ts'
import { refOf, textOf } from './reference.ts'
import type { ApprovalRequest, EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import { approvalDigestParameter, approvalRequestParameter } from '../../api/names.ts'
import type { AssertionClaims, PromptRequest } from '../ports/prompting.ts'
import { secondsBetween } from '../duration.ts'
import { habitsOf } from '../provider/profile.ts'
import type { Habits } from '../provider/profile.ts'
import { authorizationDetailOf } from '../action/authorization-details.ts'
import { digestOf } from '../../api/digest.ts'
import { bindingMessageOf } from '../action/rendering.ts'

/** What an attempt to prompt is made of. */
export type Asking = {
  /** Its id. */
  readonly prompt: string
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider
  readonly deadline: Date
  readonly assertion?: AssertionClaims | undefined
  readonly notificationToken?: string | undefined
}

/** `requested_expiry` is what is left until the deadline, a second at least. */
export function promptRequestOf(
  request: ApprovalRequest,
  { prompt, terms, provider, deadline, assertion, notificationToken }: Asking,
  now: Date,
): PromptRequest {
  const { audience } = terms
  const { audienceParameter, bindingMessage, hintType } = habitsOf(provider.spec)
  return {
    loginHint: loginHintOf(terms, hintType),
    bindingMessage: bindingMessageOf(request, bindingMessage),
    scope: terms.scopes.join(' '),
    requestedExpirySeconds: Math.max(secondsBetween(now, deadline), 1),
    ...(audience !== undefined && audienceParameter === 'resource' && { resource: audience }),
    ...(terms.require?.acrValues !== undefined && { acrValues: terms.require.acrValues.join(' ') }),
    ...(terms.authorizationDetails === 'Supported' && {
      authorizationDetails: [authorizationDetailOf(request)],
    }),
    ...(assertion !== undefined && { assertion }),
    ...(notificationToken !== undefined && { notificationToken }),
    extraParameters: {
      [approvalRequestParameter]: textOf(refOf(request, prompt)),
      [approvalDigestParameter]: digestOf(request),
      ...(audience !== undefined && audienceParameter === 'audience' && { audience }),
    },
  }
}

function loginHintOf(terms: EffectiveTerms, type: Habits['hintType']): string {
  const { issuer } = terms
  const hint = approverOf(terms)?.hint ?? ''
  return type === 'IssSub' ? JSON.stringify({ format: 'iss_sub', iss: issuer, sub: hint }) : hint
}
