/** The backchannel authentication request that puts a question (CIBA Core §7.1). */
import type { ApprovalRequest, EffectiveTerms, IdentityProvider } from '../../api/objects.ts'
import { approvalDigestParameter, approvalRequestParameter } from '../../api/names.ts'
import type { AssertionClaims, PromptRequest } from '../ports/prompting.ts'
import { secondsBetween } from '../duration.ts'
import { habitsOf } from '../provider/profile.ts'
import { digestOf } from './digest.ts'
import { bindingMessageOf } from './rendering.ts'

export type Asking = {
  readonly terms: EffectiveTerms
  readonly provider: IdentityProvider
  readonly deadline: Date
  readonly assertion?: AssertionClaims | undefined
}

export function promptRequestOf(
  request: ApprovalRequest,
  { terms, provider, deadline, assertion }: Asking,
  now: Date,
): PromptRequest {
  const { namespace = '', name, uid = '' } = request.metadata
  return {
    loginHint: terms.approvers[0]?.hint ?? '',
    bindingMessage: bindingMessageOf(request, habitsOf(provider.spec).bindingMessage),
    scope: terms.scopes.join(' '),
    requestedExpirySeconds: Math.max(secondsBetween(now, deadline), 1),
    ...(terms.audience !== undefined && { resource: terms.audience }),
    ...(assertion !== undefined && { assertion }),
    extraParameters: {
      [approvalRequestParameter]: `${namespace}/${name}/${uid}`,
      [approvalDigestParameter]: digestOf(request),
    },
  }
}
