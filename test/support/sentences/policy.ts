/** Requests for which no policy can be chosen. */
import type { World } from '../worlds/approval-world.ts'
import { aNamespace, aPolicy } from '../builders/builders.ts'
import { rows } from './sentence.ts'

const settle = (world: World): Promise<unknown> => world.settle()

export const policyRows = rows(
  {
    reason: 'NoMatchingPolicy',
    when: 'there is no policy',
    act: (world) => (world.policies.remove('prod-promotions'), world.settle()),
    says: ['no ApprovalPolicy matches', 'Ask a platform engineer for one.'],
    asked: false,
  },
  {
    reason: 'NoMatchingPolicy',
    when: 'the nearest policy wants another action',
    request: (plain) => plain.saying({ action: 'drain-node' }),
    act: settle,
    says: [
      'the nearest, prod-promotions, wants an action like promote-rollout',
      'Ask for what a policy matches',
    ],
    asked: false,
  },
  {
    reason: 'NoMatchingPolicy',
    when: 'the Namespace lacks its label, beside policies for other actions',
    act: (world) => {
      world.namespaces.put(aNamespace({}))
      for (const name of ['a', 'b', 'c', 'd'])
        world.policies.put(aPolicy({ name, match: { namespaceSelector: {}, actions: [`${name}-service`] } }))
      return world.settle()
    },
    says: [
      'the nearest, prod-promotions, wants a namespace labelled env=prod.',
      'Ask a platform engineer to label the namespace, or for a policy.',
    ],
    asked: false,
  },
  {
    reason: 'NoMatchingPolicy',
    when: 'several policies come equally near',
    request: (plain) => plain.saying({ action: 'drain-node' }),
    act: (world) => (world.policies.put(aPolicy({ name: 'another' })), world.settle()),
    says: [
      '2 of 2 policies come equally near: another wants an action like promote-rollout; prod-promotions wants',
      'Ask for what a policy matches',
    ],
    asked: false,
  },
  {
    reason: 'AmbiguousPolicy',
    when: 'three policies match',
    act: (world) => {
      for (const name of ['another', 'third']) world.policies.put(aPolicy({ name }))
      return world.settle()
    },
    says: [
      'the policies another, prod-promotions and third all match with priority 0.',
      'Ask a platform engineer to give one of them a higher priority',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'no policy matches within the time that it asks for itself',
    request: (plain) => plain.saying({ action: 'drain-node', requestedExpiry: '10s' }),
    act: async (world) => {
      await world.settle()
      await world.after(10)
    },
    says: ['nobody could be asked by', 'no ApprovalPolicy matches action', 'sk again:'],
    asked: false,
  },
  {
    reason: 'AmbiguousPolicy',
    when: 'two policies match',
    act: (world) => {
      world.policies.put(aPolicy({ name: 'another' }))
      return world.settle()
    },
    says: ['both match', 'Ask a platform engineer to give one of them a higher priority'],
    asked: false,
  },
)
