/** The authentication channel from the provider to the inbox (Keycloak's contract). */

import type { AuthorizationDetail } from '../../api/objects.ts'

/** `clause` names the check that failed. `Unreachable`: the provider's keys could not be loaded, so nothing is known. */
export type BearerVerification =
  | { readonly kind: 'Verified'; readonly prompt: PromptIdentity }
  | { readonly kind: 'Refused'; readonly clause: string }
  | { readonly kind: 'Unreachable'; readonly detail: string }

/** What the provider signed about a prompt: the client that asks (`azp`), the person that is asked (`sub`), until when. */
export type PromptIdentity = { readonly clientID: string; readonly subject: string; readonly expiresAt: Date }

/**
 * The provider's words for an answer. `authorizationDetails` (RFC 9396) are what the person grants, where that is not what was
 * asked; only a provider that has handed them on takes them back.
 */
export type ChannelReply =
  | { readonly status: 'SUCCEED'; readonly authorizationDetails?: readonly AuthorizationDetail[] }
  | { readonly status: 'UNAUTHORIZED' }

/** `Refused`: the bearer was used or has expired. `Unknown`: no clear answer, so it may or may not have been taken. */
export type ChannelAnswer = 'Taken' | 'Refused' | 'Unknown'

/** Who brings a prompt to a person proves by a bearer that it is the provider; the same bearer carries the answer back, once. */
export interface AuthenticationChannel {
  verifyBearer(bearer: string): Promise<BearerVerification>
  answer(bearer: string, reply: ChannelReply): Promise<ChannelAnswer>
}
