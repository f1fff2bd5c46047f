/** Answers whose token says too little of its lifetime, or too much. */
import { aJwt } from '../builders/access-token.ts'
import { start } from '../fakes/clocks/clock.ts'
import { aTokenResponse } from '../fakes/providers/port.ts'
import { lasting, rows } from './sentence.ts'
import type { Sentence } from './sentence.ts'
import type { TokenResponse } from '../../../src/core/ports/redeeming.ts'

const limit = "the policy's maxLifetime of 600 s"
const notStated = 'the provider did not state a lifetime for the token'
const toState = 'Configure the provider to send expires_in, or a JWT with exp, as a number of seconds'
const exp = start.getTime() / 1000

const refused: readonly (readonly [when: string, Partial<TokenResponse>, ...says: string[]])[] = [
  ['states no lifetime', { expiresInSeconds: undefined }, `expires_in: ${notStated}`, toState],
  [
    'is a JWT without a lifetime',
    { accessToken: aJwt({ sub: 'alice' }), expiresInSeconds: undefined },
    `expires_in: ${notStated}`,
    toState,
  ],
  [
    'is a JWT with an exp that is a text',
    { accessToken: aJwt({ exp: String(exp + 300) }) },
    'exp: the access token is a JWT whose exp is not a time in seconds',
    toState,
  ],
  [
    'is a JWT that lives too long',
    { accessToken: aJwt({ exp: exp + 7200 }), expiresInSeconds: undefined },
    `exp: the token lives longer than ${limit}`,
    'or raise maxLifetime',
  ],
  ['lives too long', { expiresInSeconds: 7200 }, `expires_in: the token lives longer than ${limit}`],
  [
    'has expired already',
    { expiresInSeconds: 0 },
    'expires_in: the token had already expired when the provider issued it',
    'Raise the lifetime of access tokens',
  ],
  [
    'has a lifetime that cannot be read',
    {
      malformed: {
        member: 'expires_in',
        message: "the token response's expires_in is negative. Configure it",
      },
    },
    "expires_in: the token response's expires_in is negative. Configure it.",
  ],
]

export const tokenRows = rows(
  ...refused.map(([when, response, ...says]): Sentence => ({
    reason: 'TokenRejected',
    when: `the token ${when}`,
    act: lasting(5, (world) => {
      world.openid.script.token = [{ kind: 'Granted', response: aTokenResponse(response) }]
    }),
    says: [...says, 'Ask a platform engineer', 'Once that is fixed, ask again:'],
    asked: true,
    request: (plain) => plain.wantingToken(),
  })),
  {
    reason: 'Approved',
    when: 'a JWT says how long the token lives',
    act: lasting(5, (world) => {
      const response = aTokenResponse({ accessToken: aJwt({ exp: exp + 125 }), expiresInSeconds: undefined })
      world.openid.script.token = [{ kind: 'Granted', response }]
    }),
    says: ['alice@company.com approved at', 'Act before', 'with the token in Secret'],
    asked: true,
    request: (plain) => plain.wantingToken(),
  },
)
