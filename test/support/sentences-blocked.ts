/** Requests that wait. */
import { aClient, aPolicy, aProvider } from './builders.ts'
import { prompted } from './scripted-openid.ts'
import { rows } from './sentence.ts'

const alice = 'alice@company.com'

export const blockedRows = rows(
  {
    reason: 'NoMatchingPolicy',
    when: 'there is no policy',
    act: (world) => (world.policies.remove('prod-promotions'), world.settle()),
    says: ['no ApprovalPolicy matches', 'Ask a platform engineer for one.'],
    asked: false,
  },
  {
    reason: 'AmbiguousPolicy',
    when: 'two policies match',
    act: (world) => {
      const policy = aPolicy()
      world.policies.put({ ...policy, metadata: { ...policy.metadata, name: 'another' } })
      return world.settle()
    },
    says: ['both match', 'give one of them a higher priority'],
    asked: false,
  },
  {
    reason: 'NoClientForRequester',
    when: 'no client asks for the requester',
    act: (world) => {
      world.providers.put(aProvider({ clients: [aClient('another', [{ kind: 'User', name: 'somebody' }])] }))
      return world.settle()
    },
    says: ['has no client for requester system:serviceaccount:demo:release-bot', 'add one'],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the provider answers 503',
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
      return world.settle()
    },
    says: [
      `answered temporarily_unavailable when ${alice} was to be asked`,
      'the request resumes automatically',
    ],
    asked: false,
  },
  {
    reason: 'AuthorizationPending',
    when: 'the approver was asked',
    act: (world) => {
      world.openid.script.prompt = [prompted]
      return world.settle()
    },
    says: [`${alice} has been asked`],
    asked: true,
  },
)
