/** Policies that nobody can satisfy are not Ready, and requests under them say why without blaming who asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec, ApproverGroup } from '../../../../src/api/objects.ts'
import { readyOf } from '../../../../src/core/condition.ts'
import { statusOf } from '../../../../src/core/policy/status.ts'
import type { Subject } from '../../../../src/core/policy/subject.ts'
import { termsOf } from '../../../../src/core/request/terms.ts'
import { aNamespace, anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { readyProvider } from '../../../support/builders/ready-provider.ts'
import { aGroup, alice, bob, knownGroup } from '../../../support/builders/groups.ts'
import { limited, surroundings } from '../../../support/builders/surroundings.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { aStage } from '../../../support/worlds/several-world.ts'

type Stages = ApprovalPolicySpec['stages']

const user: Subject = { kind: 'User', name: 'alice' }

type Given = { readonly groups?: readonly ApproverGroup[]; readonly requesters?: readonly Subject[] }

function policyOf(stages: Stages, requesters?: readonly Subject[]): ReturnType<typeof aPolicy> {
  const { match } = aPolicy().spec
  return aPolicy({ stages, match: { ...match, ...(requesters && { requesters }) } })
}

/** The reason and the message of Ready. */
function readyUnder(
  stages: Stages,
  { groups = [], requesters }: Given = {},
): readonly (string | undefined)[] {
  const policy = policyOf(stages, requesters)
  const around = { provider: readyProvider, groups, policies: [policy], namespaces: [aNamespace()] }
  const status = statusOf(policy, around, t(5))
  const { reason, message } = readyOf({ ...policy, ...(status && { status }) }) ?? assert.fail()
  return [reason, message]
}

/** What a request waits for; `asked` if it does not. */
function said(stages: Stages, by: string, groups: readonly ApproverGroup[] = []): string {
  const around = surroundings({ policies: [policyOf(stages)], groups })
  const terms = termsOf(anApprovalRequest().by(by), around, limited(t(5)))
  return terms.kind === 'Terms' ? 'asked' : `${terms.reason}: ${terms.message}`
}

const al = { name: 'al', hint: 'alice' }
const bot = 'system:serviceaccount:shop:deploy-bot'
const members = (name: string, ...people: readonly (typeof alice | typeof bob)[]): ApproverGroup =>
  knownGroup(aGroup(name), people)
const ofGroup = (name: string, group: string): Stages[number] => ({
  ...{ name, required: 1 },
  approvers: [{ group }],
})
const once = 'A person counts once, however often the stage names their hint or subject.'
const whichever = 'A person counts once per request, whichever stages name them.'

for (const [what, stages, groups, clause, why] of [
  [
    'one hint under two names',
    [{ name: 'sre', required: 2, approvers: [alice, al] }],
    [],
    ['tage sre', ' needs 2 approvals, and has one person to ask: alice@company.com.'],
    once,
  ],
  [
    'one subject under two hints',
    [
      {
        ...{ name: 'sre', required: 2 },
        approvers: [
          { ...alice, subject: 's-1' },
          { name: 'al', hint: 'al', subject: 's-1' },
        ],
      },
    ],
    [],
    ['tage sre', ' needs 2 approvals, and has one person to ask: alice@company.com.'],
    once,
  ],
  [
    'two hints that a third entry says are of one person',
    [
      {
        ...{ name: 'sre', required: 2 },
        approvers: [alice, { name: 'al', hint: 'al', subject: 's-1' }, { ...al, name: 'a', subject: 's-1' }],
      },
    ],
    [],
    ['tage sre', ' needs 2 approvals, and has one person to ask: a.'],
    once,
  ],
  [
    'three approvals of two people',
    [{ name: 'sre', required: 3, approvers: [alice, al, bob] }],
    [],
    ['tage sre', ' needs 3 approvals, and has 2 people to ask: alice@company.com and bob@company.com.'],
    once,
  ],
  [
    'two stages of one person, and a third one that has enough',
    [aStage('lead', ['carol']), aStage('sre', ['alice']), aStage('security', ['alice'])],
    [],
    ['tages sre and security', ' need 2 different people, and have one person to ask: alice@company.com.'],
    whichever,
  ],
  [
    'three stages of two people',
    [aStage('a', ['alice', 'bob']), aStage('b', ['alice', 'bob']), aStage('c', ['alice', 'bob'])],
    [],
    [
      'tages a, b and c',
      ' need 3 different people, and have 2 people to ask: alice@company.com and bob@company.com.',
    ],
    whichever,
  ],
  [
    'two stages whose stand-ins are of no more people',
    [
      aStage('sre', ['alice']),
      aStage('security', ['alice']),
      aStage('lead', ['alice'], { insteadOf: 'sre', after: '10m' }),
    ],
    [],
    ['tages sre and security', ' need 2 different people, and have one person to ask: alice@company.com.'],
    whichever,
  ],
  [
    'a person and a group of that person',
    [aStage('sre', ['alice']), ofGroup('security', 'sec')],
    [members('sec', alice)],
    ['tages sre and security', ' need 2 different people, and have one person to ask: alice@company.com.'],
    whichever,
  ],
] as const satisfies readonly (readonly [
  string,
  Stages,
  readonly ApproverGroup[],
  readonly [string, string],
  string,
])[]) {
  test(`a policy is not Ready, and says what is missing: ${what}`, () => {
    assert.deepEqual(readyUnder(stages, { groups }), [
      'NotEnoughApprovers',
      `S${clause.join('')} ${why} Name more approvers, require fewer approvals, or leave a requester who approves to another policy.`,
    ])
  })

  test(`a request says the same, and nothing of who asks: ${what}`, () => {
    assert.equal(
      said(stages, bot, groups),
      `NotEnoughApprovers: s${clause.join(' of policy prod-promotions')} ${why} Ask a platform engineer to name more approvers.`,
    )
  })
}

for (const [what, stages, groups, want] of [
  ['the lead makes up for it', lead('carol'), [], 'Accepted'],
  [
    'two stages share one of two people',
    [aStage('a', ['alice']), aStage('b', ['alice', 'bob'])],
    [],
    'Accepted',
  ],
  [
    'a group brings another one',
    [aStage('a', ['alice']), ofGroup('b', 'sec')],
    [members('sec', bob)],
    'Accepted',
  ],
  ['a group is not known yet', [aStage('a', ['alice']), ofGroup('b', 'sec')], [], 'GroupNotReady'],
  [
    'a group that is not known stands in',
    [
      { name: 'sre', required: 3, approvers: [alice, al, { name: 'a', hint: 'alice' }] },
      { ...ofGroup('lead', 'sec'), insteadOf: 'sre', after: '10m' },
    ],
    [],
    'GroupNotReady',
  ],
  [
    'a group that is too small alone',
    [{ name: 'sre', required: 2, approvers: [{ group: 'sec' }] }],
    [members('sec', bob)],
    'GroupNotReady',
  ],
  [
    'one of the groups that Namespaces name has others',
    [
      aStage('a', ['alice']),
      { name: 'b', required: 1, groupFrom: { namespaceLabel: 'l', allowed: ['sec', 'ops'] } },
    ],
    [members('sec', alice), members('ops', bob)],
    'Accepted',
  ],
] as const satisfies readonly (readonly [string, Stages, readonly ApproverGroup[], string])[])
  test(`nobody is found missing where ${what}: ${want}`, () => {
    assert.equal(readyUnder(stages, { groups })[0], want)
  })

function lead(hint: string): Stages {
  return [
    { name: 'sre', required: 2, approvers: [alice, al] },
    aStage('lead', [hint], { insteadOf: 'sre', after: '10m' }),
  ]
}

test('a requester who is one of the two whom a stage and a group name is named', () => {
  const stages = [aStage('a', ['alice']), ofGroup('b', 'sec')]
  assert.deepEqual(readyUnder(stages, { groups: [members('sec', bob)], requesters: [user] }), [
    'NotEnoughApprovers',
    'Requester alice is one of the approvers, and the others are too few for its requests. Name more approvers, require fewer approvals, or leave a requester who approves to another policy.',
  ])
})

const both = [aStage('release', ['alice', 'bob'], { required: 2 })]
const blame = (by: string, other = ''): string =>
  `NotEnoughApprovers: stage release of policy prod-promotions needs 2 approvals, and too few people are left to ask: a person counts once, and ${by}, who asks, does not count. Ask a platform engineer to name more approvers${other}.`

for (const [what, by, want] of [
  ['is an approver', 'alice@company.com', blame('alice@company.com')],
  [
    'may be an approver',
    'partner:alice',
    blame(
      'partner:alice',
      ' or, if that is another person, to set spec.kubernetesUsernames of IdentityProvider company',
    ),
  ],
  ['is none of the approvers', bot, 'asked'],
] as const)
  test(`a request blames who asks only where that changes something: one who ${what}`, () => {
    assert.equal(said(both, by), want)
  })

test('a request says which stages use one person also if one of the others asks', () => {
  const stages = [aStage('sre', ['alice']), aStage('security', ['alice']), aStage('lead', ['bob', 'carol'])]
  assert.equal(
    said(stages, 'bob'),
    `NotEnoughApprovers: stages sre and security of policy prod-promotions need 2 different people, and have one person to ask: alice@company.com. ${whichever} Ask a platform engineer to name more approvers.`,
  )
})
