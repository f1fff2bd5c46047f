/** What an answer of a provider's endpoint says about the client that asked. */
import type { Experience } from '../ports/experience.ts'
import type { ErrorText, PromptOutcome } from '../ports/prompting.ts'
import type { TokenOutcome } from '../ports/redeeming.ts'

/** @returns undefined for what says nothing: a provider may find fault with a request before it looks at the client */
export function experienceOf(
  outcome: PromptOutcome | TokenOutcome,
  secretResourceVersion: string,
): Experience | undefined {
  switch (outcome.kind) {
    case 'Prompted':
    case 'Malformed':
    case 'Granted':
      return { kind: 'Accepted' }
    case 'Unknown':
    case 'Unreachable':
      return { kind: 'Unusable' }
    case 'NotPrompted':
    case 'Error':
      return experienceOfError(outcome, secretResourceVersion)
  }
}

function experienceOfError(
  { error, description }: ErrorText,
  secretResourceVersion: string,
): Experience | undefined {
  if (refusing.includes(error))
    return {
      ...{ kind: 'Refused', error, secretResourceVersion },
      ...(description !== undefined && { description }),
    }
  if (letIn.includes(error)) return { kind: 'Accepted' }
  return passing.includes(error) ? { kind: 'Unusable' } : undefined
}

/** RFC 6749 §5.2. */
const refusing: readonly string[] = ['invalid_client', 'unauthorized_client']
/** Nobody answers so for a client that has not proved itself (CIBA Core §11). */
const letIn: readonly string[] = ['authorization_pending', 'slow_down', 'access_denied', 'expired_token']
const passing: readonly string[] = ['server_error', 'temporarily_unavailable']
