/** An OpenID Provider behind the port: it answers by script and remembers what it was asked. */
import type { PromptOutcome, PromptRequest } from '../../../../src/core/ports/prompting.ts'
import type { Connected, Examined, OpenIDProviders } from '../../../../src/core/ports/provider.ts'
import type {
  IdTokenVerification,
  TokenOutcome,
  TokenResponse,
} from '../../../../src/core/ports/redeeming.ts'
import { start } from '../clocks/clock.ts'

/** An answer, or what makes one: it may write in between, wait or throw. */
export type Answer<T> = T | (() => T | Promise<T>)

export type ScriptedOpenID = OpenIDProviders & {
  /** Each list is worked off; its last answer stays. */
  readonly script: {
    connect: Answer<Connected | undefined>[]
    examine: Answer<Examined>[]
    prompt: Answer<PromptOutcome>[]
    token: Answer<TokenOutcome>[]
    verify: Answer<IdTokenVerification>[]
    /** What the metadata lists, where it does. */
    acrValues?: readonly string[]
  }
  readonly prompts: readonly PromptRequest[]
  readonly tokenRequests: readonly string[]
  readonly revoked: readonly string[]
  /** Responses whose ID tokens were to be verified. */
  readonly verifications: readonly TokenResponse[]
}

export const authReqId = 'an-auth-req-id'
export const accessToken = 'an-access-token'

export const prompted = { kind: 'Prompted', authReqId, expiresInSeconds: 600, intervalSeconds: 5 } as const
export const pendingError = { kind: 'Error', error: 'authorization_pending' } as const
export const granted = { kind: 'Granted', response: aTokenResponse() } as const

export function aTokenResponse(changes: Partial<TokenResponse> = {}): TokenResponse {
  return {
    accessToken,
    tokenType: 'Bearer',
    idToken: 'an-id-token',
    expiresInSeconds: 300,
    scope: undefined,
    ...changes,
  }
}

export const verified: IdTokenVerification = {
  kind: 'Verified',
  claims: {
    iss: 'https://sso.company.com',
    sub: '750e',
    iat: start.getTime() / 1000,
    preferred_username: 'alice',
  },
}

/** Prompts at once, stays pending, and verifies whatever it granted as Alice's. */
export function scriptedOpenID(): ScriptedOpenID {
  const script: ScriptedOpenID['script'] = {
    connect: [undefined],
    examine: [{ kind: 'Usable', clockSkewSeconds: 0 }],
    prompt: [prompted],
    token: [pendingError],
    verify: [verified],
  }
  const prompts: PromptRequest[] = []
  const tokenRequests: string[] = []
  const revoked: string[] = []
  const verifications: TokenResponse[] = []
  const connection = {
    requestPrompt: (request: PromptRequest) => {
      prompts.push(request)
      return next(script.prompt)
    },
    requestToken: (id: string) => {
      tokenRequests.push(id)
      return next(script.token)
    },
    verifyIdToken: (response: TokenResponse) => {
      verifications.push(response)
      return next(script.verify)
    },
    revoke: (token: string) => {
      revoked.push(token)
      return Promise.resolve(true)
    },
  }
  return {
    ...{ script, prompts, tokenRequests, revoked, verifications },
    connect: async () =>
      (await next(script.connect)) ?? {
        ...{ kind: 'Connected', connection },
        ...(script.acrValues !== undefined && { acrValues: script.acrValues }),
      },
    examine: () => next(script.examine),
  }
}

async function next<T>(answers: Answer<T>[]): Promise<T> {
  const answer = answers.length > 1 ? answers.shift() : answers[0]
  if (answer === undefined && answers.length === 0) throw new Error('the script has no answer')
  return answer instanceof Function ? await answer() : (answer as T)
}
