/** A world in which several people are asked, each of whom answers for themselves. */
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import type { TokenOutcome } from '../../../src/core/ports/redeeming.ts'
import { aPolicy } from '../builders/builders.ts'
import { aTokenResponse, pendingError, prompted } from '../fakes/providers/port.ts'
import type { Answer } from '../fakes/providers/port.ts'
import { aWorld } from './approval-world.ts'
import type { World } from './approval-world.ts'

type Stage = ApprovalPolicySpec['stages'][number]

/** One that names its people. */
type StageOfPeople = Omit<Stage, 'approvers' | 'groupFrom'> & {
  readonly approvers: readonly ReturnType<typeof person>[]
}

export type SeveralWorld = World & {
  /** Lets a person answer from now on; without an answer the provider says that it is pending. */
  answer(hint: string, answer: Answer<TokenOutcome>): void
  /** Hints of the people who were prompted, in order. */
  asked(): readonly string[]
  /** `alice: Approved`, … of the prompts in status. */
  states(): Readonly<Record<string, string>>
}

export const denial = { kind: 'Error', error: 'access_denied' } as const

export function person(hint: string): { readonly name: string; readonly hint: string } {
  return { name: `${hint}@company.com`, hint }
}

/** @param approvers hints */
export function aStage(
  name: string,
  approvers: readonly string[],
  more: Partial<Omit<Stage, 'name' | 'approvers' | 'groupFrom'>> = {},
): StageOfPeople {
  return { name, required: 1, approvers: approvers.map(person), ...more }
}

/** The token of this person's approval. */
export function approvalOf(hint: string): TokenOutcome {
  return { kind: 'Granted', response: aTokenResponse({ accessToken: `token-of-${hint}` }) }
}

export function aWorldOf(stages: readonly Stage[], request: ApprovalRequest): SeveralWorld {
  const world = aWorld(request)
  const policy = aPolicy({ stages })
  world.policies.put(policy)
  const answers = new Map<string, Answer<TokenOutcome>>()
  const { script, prompts, tokenRequests, verifications } = world.openid
  script.prompt = [() => ({ ...prompted, authReqId: `ask-${prompts.at(-1)?.loginHint ?? ''}` })]
  script.token = [
    () => {
      const answer = answers.get(tokenRequests.at(-1)?.replace('ask-', '') ?? '') ?? pendingError
      return answer instanceof Function ? answer() : answer
    },
  ]
  script.verify = [
    () => {
      const hint = verifications.at(-1)?.accessToken.replace('token-of-', '') ?? ''
      return {
        kind: 'Verified',
        claims: {
          iss: 'https://sso.company.com',
          sub: `sub-of-${hint}`,
          iat: Math.floor(world.clock.now().getTime() / 1000),
          preferred_username: hint,
        },
      }
    },
  ]
  return {
    ...world,
    // Each of several prompts takes a place at the provider; who stands in line is called when there is room.
    after: async (seconds, name) => {
      await world.after(seconds, name)
      return world.settle(name)
    },
    answer: (hint, answer) => void answers.set(hint, answer),
    asked: () => prompts.map(({ loginHint }) => loginHint),
    states: () =>
      Object.fromEntries(
        (world.request().status?.prompts ?? []).map(({ approver, state = 'Open' }) => [
          approver.replace('@company.com', ''),
          state,
        ]),
      ),
  }
}
