/** The sentences about a token's Secret that cannot be created. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { asked } from './messages.ts'
import { nextStep } from './next-step.ts'
import { sentence } from './punctuation.ts'

/** @param why what the API server says */
export function secretRefused(secret: string, why: string): string {
  return `Secret ${secret} for the token cannot be created: ${sentence(why)}`
}

/** While the token cannot be stored, and is kept in memory. @param why as a sentence */
export function tokenUnstored(request: ApprovalRequest, why: string): string {
  return (
    `${asked(request)} answered, but the token is not stored yet: ${sentence(why)} Ask a platform engineer to allow it before the token ` +
    `expires; the request resumes automatically.`
  )
}

/** For a token whose Secret's name was taken after the prompt was sent. */
export function secretTaken(request: ApprovalRequest, secret: string): string {
  return (
    `${asked(request)} answered, but Secret ${secret} was there already and is not the operator’s, so the token was revoked. ` +
    `Delete the Secret. ${nextStep('TokenLost', request)}`
  )
}
