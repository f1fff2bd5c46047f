/** Requests that end, but for those that an error code of the provider ends. */
import { granted, prompted } from '../fakes/providers/port.ts'
import { lasting, rows } from './sentence.ts'
import type { Sentence } from './sentence.ts'

const alice = 'alice@company.com'

const again = 'sk again:'

const notYet = { kind: 'NotYet', clause: 'kid', message: 'its key is not published' } as const

export const endRows = rows(
  {
    reason: 'Approved',
    when: 'the approver approves',
    act: lasting(5, (world) => {
      world.openid.script.token = [granted]
    }),
    says: [`${alice} approved at`, 'Act before'],
    asked: true,
  },
  {
    reason: 'RequestExpired',
    when: 'the provider answers an error that passes until the deadline',
    act: lasting(600, (world) => {
      const description = 'no upstream'
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable', description }]
    }),
    says: [
      `${alice} could not be asked by`,
      'UTC: IdentityProvider company answered temporarily_unavailable ("no upstream")',
      'Ask a platform engineer to fix it. Once that is fixed, ask again:',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'the IdentityProvider of the policy does not exist until the deadline',
    act: lasting(900, (world) => {
      world.providers.remove('company')
    }),
    says: [
      'nobody could be asked by',
      'UTC: policy prod-promotions names IdentityProvider company, which does not exist. Ask',
      again,
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'the Secret of the client is not there until the deadline',
    act: lasting(900, (world) => {
      world.secrets.remove('agent-release-bot')
    }),
    says: [
      'nobody could be asked by',
      'UTC: IdentityProvider company cannot authenticate its client agent-release-bot: Secret',
      'does not exist. Ask a platform engineer to fix it. Once that is fixed, ask again:',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'nobody matches until the deadline',
    act: lasting(900, (world) => {
      world.policies.remove('prod-promotions')
    }),
    says: [
      'nobody could be asked by',
      ' UTC: no ApprovalPolicy matches',
      'Ask a platform engineer for one.',
      again,
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'the approver is silent',
    act: lasting(600),
    says: [`${alice} did not answer by`, again],
    asked: true,
  },
  {
    reason: 'RequestExpired',
    when: 'the provider is deleted while the prompt is open',
    act: async (world) => {
      await world.settle()
      world.providers.remove('company')
      await world.after(600)
    },
    says: [`could not fetch an answer of ${alice} by`, 'IdentityProvider company was deleted', again],
    asked: true,
  },
  {
    reason: 'RequestExpired',
    when: 'the provider wants longer pauses than are left',
    act: async (world) => {
      world.openid.script.token = [{ kind: 'Error', error: 'slow_down', retryAfterSeconds: 90 }]
      await world.settle()
      for (let waited = 0; waited < 660; waited += 30) await world.after(30)
    },
    says: [
      `could not fetch an answer of ${alice} by`,
      'IdentityProvider company wants a longer pause',
      again,
    ],
    asked: true,
  },
  {
    reason: 'RequestExpired',
    when: 'the token endpoint is down at the deadline',
    act: lasting(600, (world) => {
      world.openid.script.token = [{ kind: 'Unreachable', detail: 'the token endpoint answered HTTP 503' }]
    }),
    says: [
      `could not fetch an answer of ${alice} by`,
      'IdentityProvider company: the token endpoint answered HTTP 503.',
      again,
    ],
    asked: true,
  },
  {
    reason: 'IdentityProviderChanged',
    when: 'the provider is deleted when the token is there',
    act: async (world) => {
      world.openid.script.token = [granted]
      world.openid.script.verify = [notYet]
      await world.settle()
      await world.after(595)
      world.providers.remove('company')
      await world.after(5)
    },
    says: [`was deleted before the answer of ${alice} could be verified`, again],
    asked: true,
  },
  {
    reason: 'TokenLost',
    when: 'the provider says why it gives no token',
    act: async (world) => {
      const description = 'Account is not fully set up'
      world.openid.script.token = [{ kind: 'Error', error: 'invalid_grant', description }]
      await world.settle()
      await world.after(5)
      await world.after(40)
    },
    says: [
      'the provider answered invalid_grant ("Account is not fully set up")',
      'no token is stored',
      again,
    ],
    asked: true,
  },
  {
    reason: 'TokenRejected',
    when: 'the key of the token is never published',
    act: async (world) => {
      world.openid.script.token = [granted]
      world.openid.script.verify = [notYet]
      await world.settle()
      await world.after(5)
      await world.after(301)
    },
    says: [
      'its key is not published.',
      `The approval that the provider reported for the prompt to ${alice} does not count.`,
      'Ask a platform engineer',
      again,
    ],
    asked: true,
  },
  {
    reason: 'TokenLost',
    when: 'the token expires before it can be verified',
    act: async (world) => {
      world.openid.script.token = [granted]
      world.openid.script.verify = [notYet]
      await world.settle()
      await world.after(5)
      world.openid.script.connect = [
        { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'it cannot be reached.' },
      ]
      await world.after(301)
    },
    says: [`${alice} answered, but the token expired`, 'it cannot be reached.', again],
    asked: true,
  },
  {
    reason: 'MalformedResponse',
    when: 'the provider takes the prompt without an id',
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'Malformed', detail: 'without auth_req_id' }, prompted]
      return world.settle()
    },
    says: [
      'answered without auth_req_id',
      `${alice} may still see the prompt`,
      'whoever runs the provider',
      again,
    ],
    asked: true,
  },
  ...['HTTP 200 without access_token', 'HTTP 200 with a form instead of JSON'].map((detail): Sentence => ({
    reason: 'MalformedResponse',
    when: `the token request is answered by ${detail}`,
    act: lasting(5, (world) => {
      world.openid.script.token = [{ kind: 'Malformed', detail }, granted]
    }),
    says: [
      `IdentityProvider company answered ${detail} when the operator fetched the answer of ${alice}.`,
      'This approval cannot be read and does not count.',
      'Ask a platform engineer to report it to whoever runs the provider',
      'Once that is fixed, ask again:',
    ],
    asked: true,
  })),
  ...(['Withdrawn', 'Superseded', 'GateBypassed'] as const).map((reason): Sentence => ({
    reason,
    when: 'its Rollout does not wait any more',
    act: async (world) => {
      await world.settle()
      world.subject.watched = { reason, message: 'the Rollout has moved on.' }
      world.subject.live = world.subject.watched
      await world.settle()
    },
    says: ['the Rollout has moved on.', `${alice} was asked; an answer has no effect any more.`],
    asked: true,
  })),
)
