/** One of several approvals: its facts, as they are sealed and as status has them. Pure. */
import canonicalize from 'canonicalize'
import type { Prompt } from '../../api/objects.ts'
import { timestamp } from '../duration.ts'
import type { Unsealed } from '../ports/sealing.ts'
import type { PartialAnswer } from '../request/outcome.ts'
import { answeredAfterOf } from './approval.ts'
import type { Verified } from './approval.ts'
import type { VerifiedApprover } from './verification.ts'

/** What the seal of an answer says. */
export type AnswerFacts = {
  readonly approver: VerifiedApprover
  readonly answeredAfter?: string
}

/** Of an answer that was verified just now. */
export function answerFactsOf({ approver, answer }: Pick<Verified, 'approver' | 'answer'>): AnswerFacts {
  return {
    approver: { ...approver, answeredAt: timestamp(answer.receivedAt) },
    ...answeredAfterOf(answer),
  }
}

/** As it stands in status: the approver's name and the time are the prompt's. */
export function partialAnswerOf({ approver, answeredAfter }: AnswerFacts, seal: string): PartialAnswer {
  return {
    ...{ ...identityOf(approver), seal },
    ...(answeredAfter !== undefined && { answeredAfter }),
  }
}

/**
 * Whose approval it is, if the prompt's seal says the same as status.
 *
 * @param opened the seal of the prompt's answer
 */
export function provenApprover(prompt: Prompt, opened: Unsealed): VerifiedApprover | undefined {
  const facts = factsIn(prompt)
  if (facts === undefined || opened.kind !== 'Opened') return undefined
  return canonicalize(opened.payload) === canonicalize(facts) ? facts.approver : undefined
}

function factsIn({ answer, answeredAt, approver: name }: Prompt): AnswerFacts | undefined {
  if (answer === undefined || answeredAt === undefined) return undefined
  const { answeredAfter } = answer
  return {
    approver: { ...identityOf(answer), name, answeredAt },
    ...(answeredAfter !== undefined && { answeredAfter }),
  }
}

/** Who answered, and how they proved who they are. */
type Identity = Pick<VerifiedApprover, 'issuer' | 'subject' | 'acr' | 'amr' | 'authTime'>

function identityOf({ issuer, subject, acr, amr, authTime }: Identity): Identity {
  return {
    ...{ issuer, subject },
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
    ...(authTime !== undefined && { authTime }),
  }
}
