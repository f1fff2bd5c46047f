import { wideLimits } from '../../support/builders/limits.ts'
import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalPolicy } from '../../support/builders/manifests.ts'

const alice = { name: 'alice@company.com', hint: 'alice' }
const aStage = { name: 'sre', approvers: [alice] }
const scopes = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${String(index)}`)

const leastLimits = {
  openPromptsPerApprover: 1,
  promptsPerApproverPerHour: 1,
  openRequestsPerRequester: 1,
  openRequestsPerNamespace: 1,
  pauseAfterRefusal: '0s',
}

function outOfBounds(name: Exclude<keyof typeof leastLimits, 'pauseAfterRefusal'>): readonly FieldCase[] {
  return [
    [`refuses 0 for ${name}`, `spec.limits.${name}`, 0, 'greater than or equal to 1'],
    [
      `refuses more than the greatest ${name}`,
      `spec.limits.${name}`,
      wideLimits[name] + 1,
      'less than or equal',
    ],
    [`refuses a fraction for ${name}`, `spec.limits.${name}`, 1.5, 'must be of type integer'],
  ]
}

const cases: readonly FieldCase[] = [
  ['wants a namespace selector', 'spec.match.namespaceSelector', undefined, 'Required value'],
  [
    'takes an expression',
    'spec.match.namespaceSelector',
    { matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }] },
  ],
  [
    'refuses In without values',
    'spec.match.namespaceSelector',
    { matchExpressions: [{ key: 'env', operator: 'In' }] },
    'In and NotIn need values',
  ],
  [
    'refuses Exists with values',
    'spec.match.namespaceSelector',
    { matchExpressions: [{ key: 'env', operator: 'Exists', values: ['a'] }] },
    'Exists and DoesNotExist take none',
  ],
  [
    'refuses an unknown operator',
    'spec.match.namespaceSelector',
    { matchExpressions: [{ key: 'env', operator: 'Gt' }] },
    'supported values: "In", "NotIn"',
  ],

  ['wants actions', 'spec.match.actions', undefined, 'Required value'],
  ['refuses an empty list of actions', 'spec.match.actions', [], 'should have at least 1 items'],
  ['takes any action', 'spec.match.actions', ['*']],
  ['refuses a glob that is none', 'spec.match.actions', ['promote-?'], 'lower case, such as promote-rollout'],
  [
    'refuses an action in upper case',
    'spec.match.actions',
    ['Promote'],
    'lower case, such as promote-rollout',
  ],
  [
    'refuses a stage in upper case',
    'spec.stages',
    [{ ...aStage, name: 'SRE' }],
    'spec.stages[0].name',
    'lower case, such as sre',
  ],
  ['refuses an action twice', 'spec.match.actions', ['*', '*'], 'Duplicate value'],
  ['refuses an empty list of environments', 'spec.match.environments', [], 'should have at least 1 items'],

  ['takes a user as requester', 'spec.match.requesters', [{ kind: 'User', name: 'bob' }]],
  [
    'takes a ServiceAccount as requester',
    'spec.match.requesters',
    [{ kind: 'ServiceAccount', name: 'bot', namespace: 'prod' }],
  ],
  [
    'wants the namespace of a ServiceAccount',
    'spec.match.requesters',
    [{ kind: 'ServiceAccount', name: 'bot' }],
    'a ServiceAccount needs a namespace',
  ],
  [
    'refuses the namespace of a user',
    'spec.match.requesters',
    [{ kind: 'User', name: 'bob', namespace: 'prod' }],
    'a User has none',
  ],
  [
    'refuses a group as requester',
    'spec.match.requesters',
    [{ kind: 'Group', name: 'sre' }],
    'supported values: "User", "ServiceAccount"',
  ],

  ['takes the highest priority', 'spec.priority', 1000],
  ['refuses a higher one', 'spec.priority', 1001, 'should be less than or equal to 1000'],
  ['wants an identity provider', 'spec.identityProvider', undefined, 'Required value'],

  ['wants a stage', 'spec.stages', [], 'should have at least 1 items'],
  [
    'refuses a second stage',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead' }],
    'must have at most 1 item',
  ],
  ['takes a stage name of 40 characters', 'spec.stages.0.name', 's'.repeat(40)],
  [
    'refuses a stage name of 41',
    'spec.stages',
    [{ ...aStage, name: 's'.repeat(41) }],
    'spec.stages[0].name',
    'may not be more than 40',
  ],
  [
    'wants an approver',
    'spec.stages',
    [{ name: 'sre', approvers: [] }],
    'spec.stages[0].approvers',
    'at least 1 items',
  ],
  [
    'refuses a second approver',
    'spec.stages',
    [{ name: 'sre', approvers: [alice, { name: 'bob', hint: 'bob' }] }],
    'spec.stages[0].approvers',
    'must have at most 1 item',
  ],
  [
    'wants a hint',
    'spec.stages',
    [{ name: 'sre', approvers: [{ name: 'alice' }] }],
    'spec.stages[0].approvers[0].hint',
    'Required value',
  ],
  [
    'refuses to need two of one',
    'spec.stages',
    [{ ...aStage, required: 2 }],
    'spec.stages[0].required',
    'less than or equal to 1',
  ],

  ['takes equal expiries', 'spec.requestedExpiry', { default: '10m', max: '10m' }],
  [
    'refuses a default above the maximum',
    'spec.requestedExpiry',
    { default: '601s', max: '10m' },
    'no longer than max',
  ],
  ['takes a default of 10 s', 'spec.requestedExpiry', { default: '10s' }],
  ['refuses a default of 9 s', 'spec.requestedExpiry', { default: '9s' }, 'at least 10s'],
  [
    'refuses an expiry in days',
    'spec.requestedExpiry',
    { max: '1d' },
    'spec.requestedExpiry.max',
    'max must be a duration in hours, such as 24h',
  ],

  ['takes limits of which some are left out', 'spec.limits', { openPromptsPerApprover: 1 }],
  ['takes the least limits', 'spec.limits', leastLimits],
  ['takes the greatest limits', 'spec.limits', wideLimits],
  ['takes a pause of an hour', 'spec.limits.pauseAfterRefusal', '1h'],
  [
    'refuses a pause above an hour',
    'spec.limits.pauseAfterRefusal',
    '1h1s',
    'at most 1h: minutes, such as 1m',
  ],
  ['refuses an empty pause', 'spec.limits.pauseAfterRefusal', '', 'at most 1h: minutes, such as 1m'],
  ['refuses a pause in days', 'spec.limits.pauseAfterRefusal', '1d', 'minutes, such as 1m'],
  ...(['openPromptsPerApprover', 'promptsPerApproverPerHour'] as const).flatMap(outOfBounds),
  ...(['openRequestsPerRequester', 'openRequestsPerNamespace'] as const).flatMap(outOfBounds),
  ['refuses an unknown limit', 'spec.limits.promptsPerDay', 1, 'unknown field'],

  ['takes a policy that grants no token', 'spec.token', undefined],
  ['wants a lifetime of tokens', 'spec.token.maxLifetime', undefined, 'Required value'],
  ['takes a lifetime of 1 s', 'spec.token.maxLifetime', '1s'],
  ['takes a lifetime of 24 h', 'spec.token.maxLifetime', '24h'],
  ['refuses a lifetime of 0 s', 'spec.token.maxLifetime', '0s', 'between 1s and 24h: hours, such as 24h'],
  [
    'refuses a lifetime above 24 h',
    'spec.token.maxLifetime',
    '24h1s',
    'between 1s and 24h: hours, such as 24h',
  ],
  ['takes 32 scopes', 'spec.token.scopes', scopes(32)],
  ['refuses 33 scopes', 'spec.token.scopes', scopes(33), 'at most 32 items'],
  ['refuses a quote in a scope', 'spec.token.scopes', ['a"b'], 'spec.token.scopes[0]', 'without quotes'],
  ['refuses a lifetime in days', 'spec.token.maxLifetime', '1d', 'hours, such as 24h'],
]

testFields(testTransport(), anApprovalPolicy, cases)
