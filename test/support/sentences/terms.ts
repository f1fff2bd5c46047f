/** Requests that nobody is asked about as they are: by what policy, Namespace and IdentityProvider say. */
import { environmentLabel } from '../../../src/api/names.ts'
import type { World } from '../worlds/approval-world.ts'
import { aClient, aNamespace, aPolicyWithoutToken, aProvider } from '../builders/builders.ts'
import { lasting, rows } from './sentence.ts'

const settle = (world: World): Promise<unknown> => world.settle()

function labelled(value: string): (world: World) => Promise<unknown> {
  return (world) => (
    world.namespaces.put(aNamespace({ env: 'prod', [environmentLabel]: value })),
    world.settle()
  )
}

export const termsRows = rows(
  {
    reason: 'EnvironmentMismatch',
    when: 'the Namespace belongs to another environment',
    act: labelled('staging'),
    says: [
      'namespace demo belongs to environment staging',
      'not prod.',
      'or ask a platform engineer to correct',
    ],
    asked: false,
  },
  {
    reason: 'EnvironmentMismatch',
    when: 'the label of the Namespace is empty',
    act: labelled(''),
    says: [
      `the label ${environmentLabel} of namespace demo is empty`,
      'Ask a platform engineer to give it a value',
    ],
    asked: false,
  },
  {
    reason: 'OutsidePolicyLimits',
    when: 'it is to stand for longer than the policy allows',
    request: (plain) => plain.saying({ requestedExpiry: '3h' }),
    act: settle,
    says: ['at most 2h, not 3h', 'Ask for less, or ask a platform engineer to widen the policy.'],
    asked: false,
  },
  {
    reason: 'OutsidePolicyLimits',
    when: 'it wants a token of a policy that grants none',
    request: (plain) => plain.wantingToken(),
    act: (world) => (world.policies.put(aPolicyWithoutToken()), world.settle()),
    says: ['prod-promotions grants no token', 'Ask without spec.token, or ask a platform engineer'],
    asked: false,
  },
  {
    reason: 'OutsidePolicyLimits',
    when: 'it wants a scope that the policy does not grant',
    request: (plain) => plain.wantingToken({ scopes: ['all'] }),
    act: settle,
    says: ['does not grant the scope all; it grants rollouts:promote.', 'Ask for less'],
    asked: false,
  },
  {
    reason: 'OutsidePolicyLimits',
    when: 'it wants a token for an audience that the policy does not grant',
    request: (plain) => plain.wantingToken({ audience: 'https://another' }),
    act: settle,
    says: ['does not grant the audience https://another; it grants https://deploy', 'Ask for less'],
    asked: false,
  },
  {
    reason: 'NotEnoughApprovers',
    when: 'the requester would be the approver',
    request: (plain) => plain.by('alice@company.com'),
    act: settle,
    says: [
      'alice@company.com asks and would be the approver',
      'Ask a platform engineer to name another approver',
    ],
    asked: false,
  },
  {
    reason: 'NotEnoughApprovers',
    when: 'the requester may be the approver under another name',
    request: (plain) => plain.by('alice'),
    act: (world) => {
      world.providers.put(aProvider())
      return world.settle()
    },
    says: ['alice asks and would be the approver', 'Ask a platform engineer to name another approver'],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the policy’s provider does not exist',
    act: (world) => (world.providers.remove('company'), world.settle()),
    says: ['names IdentityProvider company, which does not exist', 'Ask a platform engineer to create it'],
    asked: false,
  },
  {
    reason: 'NoClientForRequester',
    when: 'no client asks for the requester',
    act: (world) => {
      world.providers.put(aProvider({ clients: [aClient('another', [{ kind: 'User', name: 'somebody' }])] }))
      return world.settle()
    },
    says: [
      'has no client for requester system:serviceaccount:demo:release-bot',
      'Ask a platform engineer to add one',
    ],
    asked: false,
  },
  {
    reason: 'AmbiguousClient',
    when: 'two clients ask for the requester',
    act: (world) => {
      world.providers.put(aProvider({ clients: [aClient('one'), aClient('another')] }))
      return world.settle()
    },
    says: [
      'has 2 clients for this requester: one and another.',
      'Ask a platform engineer to let exactly one name it',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'the cluster’s definitions lack a field until the deadline',
    act: lasting(600, (world) => {
      world.requests.define(({ status }) => status?.effective === undefined)
    }),
    says: ['nobody could be asked by', 'are older than the operator', 'Ask a platform engineer', 'sk again:'],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'too little time is left once the provider is back',
    act: lasting(595, (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
    }),
    says: [
      'alice@company.com could not be asked early enough to answer by',
      'UTC: IdentityProvider company answered temporarily_unavailable when',
      'Ask a platform engineer to fix it. Once that is fixed, ask again:',
    ],
    asked: false,
  },
)
