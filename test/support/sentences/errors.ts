/** Requests that an error code of the provider ends, each with its own next step. */
import { lasting, rows } from './sentence.ts'
import type { Sentence } from './sentence.ts'

const atBackchannel = [
  ['unknown_user_id', 'UnknownUserId', 'correct the approver’s hint in the policy'],
  ['invalid_scope', 'InvalidScope', 'Ask a platform engineer to allow the scopes'],
  ['access_denied', 'PromptRefused', 'the provider’s rules for this client and approver'],
  ['invalid_binding_message', 'InvalidBindingMessage', 'set spec.bindingMessage'],
  ['a_new_one', 'ProviderError', 'the message quotes the error'],
  ['invalid_request', 'InvalidRequest', 'compare the approver’s hint and the IdentityProvider’s profile'],
  ['invalid_target', 'InvalidTarget', 'Ask a platform engineer to make the audience known'],
  ['invalid_authorization_details', 'InvalidAuthorizationDetails', 'allow the type countersign.dev/action'],
  ['expired_login_hint_token', 'ExpiredLoginHintToken', ''],
  ['missing_user_code', 'MissingUserCode', 'use a client without user codes'],
  ['invalid_user_code', 'InvalidUserCode', 'use a client without user codes'],
] as const

const atToken = [
  ['expired_token', 'RequestExpired', 'the provider reported at'],
  ['unauthorized_client', 'UnauthorizedClient', 'allow CIBA in poll or ping mode'],
  ['a_new_one', 'ProviderError', 'the message quotes the error'],
] as const

const description = 'as the provider says'

export const errorRows = rows(
  ...(
    [
      [421, undefined, 'answered HTTP 421 without an OAuth error, and alice@company.com was not prompted'],
      [302, undefined, 'answered HTTP 302, a redirect, which is not followed, and alice@company.com was not'],
      [400, 'Log in first', 'answered HTTP 400 ("Log in first"), and alice@company.com was not prompted'],
    ] as const
  ).map(([httpStatus, said, words]): Sentence => ({
    reason: 'ProviderError',
    when: `the prompt is answered by HTTP ${httpStatus}`,
    act: (world) => {
      const error = { error: `http_${httpStatus}`, httpStatus, ...(said && { description: said }) }
      world.openid.script.prompt = [{ kind: 'NotPrompted', ...error }]
      return world.settle()
    },
    says: [words, 'the message quotes the error', 'sk again:'],
    asked: false,
  })),
  ...atBackchannel.map(([error, reason, next]): Sentence => ({
    reason,
    when: `the prompt is answered by ${error}`,
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error, description }]
      return world.settle()
    },
    says: [`answered ${error} ("${description}"), and alice@company.com was not prompted`, next, 'sk again:'],
    asked: false,
  })),
  ...atToken.map(([error, reason, next]): Sentence => ({
    reason,
    when: `the token request is answered by ${error}`,
    act: lasting(5, (world) => {
      world.openid.script.token = [{ kind: 'Error', error, description }]
    }),
    says: [next, 'sk again:'],
    asked: true,
  })),
  {
    reason: 'RequestExpired',
    when: 'no prompt can be sent until the deadline',
    act: lasting(600, (world) => {
      const unsent = { error: 'temporarily_unavailable', isLocal: true, isUnsent: true } as const
      world.openid.script.prompt = [{ kind: 'NotPrompted', ...unsent, description: 'connection refused' }]
    }),
    says: [
      `alice@company.com could not be asked by`,
      `UTC: the prompt to alice@company.com could not be sent to IdentityProvider company: connection refused.`,
      'Ask a platform engineer to fix it. Once that is fixed, ask again:',
    ],
    asked: false,
  },
  {
    reason: 'AccessDenied',
    when: 'the approver denies',
    act: lasting(5, (world) => {
      world.openid.script.token = [{ kind: 'Error', error: 'access_denied', description }]
    }),
    says: [
      'alice@company.com denied the request at',
      'the provider says "as the provider says".',
      'A denial is an answer: do not ask for the same again. If something has changed,',
      'Requests of this requester about Rollout foo-v2 wait until',
      'UTC in any case (policy prod-promotions, limits.pauseAfterRefusal: 1m).',
    ],
    asked: true,
  },
  {
    reason: 'ProviderError',
    when: 'the prompt is answered by a code of several words',
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'user is locked' }]
      return world.settle()
    },
    says: ['answered "user is locked", and alice@company.com was not prompted', 'sk again:'],
    asked: false,
  },
  {
    reason: 'ProviderError',
    when: 'the token request is answered by a code of several words',
    act: lasting(5, (world) => {
      world.openid.script.token = [{ kind: 'Error', error: 'user gone' }]
    }),
    says: ['answered "user gone" when the operator fetched the answer', 'sk again:'],
    asked: true,
  },
  {
    reason: 'ProviderError',
    when: 'the prompt is answered by an error that is not OAuth’s',
    act: (world) => {
      const text = 'E0000001: Api validation failed: login'
      world.openid.script.prompt = [
        { kind: 'NotPrompted', error: 'http_400', httpStatus: 400, description: text },
      ]
      return world.settle()
    },
    says: [
      'answered HTTP 400 ("E0000001: Api validation failed: login"), and alice@company.com was not prompted',
    ],
    asked: false,
  },
  {
    reason: 'ProviderError',
    when: 'the token request is answered by an error that is not OAuth’s',
    act: lasting(5, (world) => {
      world.openid.script.token = [
        { kind: 'Error', error: 'http_400', httpStatus: 400, description: 'E1: The session is over' },
      ]
    }),
    says: [
      'IdentityProvider company answered HTTP 400 ("E1: The session is over") when the operator fetched the answer of alice@company.com.',
      'Ask a platform engineer: the message quotes the error.',
    ],
    asked: true,
  },
  {
    reason: 'RequestExpired',
    when: 'the token endpoint answers errors that are not OAuth’s until the deadline',
    act: lasting(600, (world) => {
      const detail = 'the token endpoint answered HTTP 401 ("E0000011: Invalid token provided")'
      world.openid.script.token = [{ kind: 'Unreachable', detail }]
    }),
    says: [
      'could not fetch an answer of alice@company.com by',
      'IdentityProvider company: the token endpoint answered HTTP 401 ("E0000011: Invalid token provided")',
      'sk again:',
    ],
    asked: true,
  },
)
