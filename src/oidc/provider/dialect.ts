/** Errors that a provider names in its own way, in the words of CIBA Core §13. */
import type { IdentityProviderSpec } from '../../api/objects.ts'
import type { PromptOutcome } from '../../core/ports/prompting.ts'

/** An answer of the backchannel authentication endpoint, read by the profile of the one who gave it. */
export function inWordsOfCiba(
  profile: IdentityProviderSpec['profile'],
  answer: PromptOutcome,
): PromptOutcome {
  if (answer.kind !== 'NotPrompted' || profile !== 'Keycloak') return answer
  // Only the description tells this from a request that is malformed (measured on 26.7.5: `invalid_user`).
  const isUnknownUser =
    answer.error === 'invalid_request' && /^invalid[ _]user$/.test(answer.description ?? '')
  return isUnknownUser ? { ...answer, error: 'unknown_user_id' } : answer
}
