import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { approversInShort } from '../../../../src/core/policy/approvers-in-short.ts'
import { aPolicy } from '../../../support/builders/builders.ts'
import { aStage } from '../../../support/worlds/several-world.ts'

type Stages = ApprovalPolicySpec['stages']

const rows: readonly (readonly [what: string, stages: Stages, want: string])[] = [
  ['one person', [aStage('sre', ['alice'])], 'alice@company.com'],
  ['any of a team', [aStage('sre', ['alice', 'bob', 'carol'])], 'sre 1/3'],
  ['two people', [aStage('sre', ['alice', 'bob'], { required: 2 })], 'sre 2/2'],
  [
    'two stages',
    [aStage('sre', ['alice', 'bob', 'carol']), aStage('security', ['dora', 'erin'])],
    'sre 1/3, security 1/2',
  ],
  [
    'one person each of two stages',
    [aStage('sre', ['alice']), aStage('security', ['bob'])],
    'sre 1/1, security 1/1',
  ],
  [
    'an escalation',
    [
      aStage('sre', ['alice', 'bob']),
      aStage('lead', ['carol'], { insteadOf: 'sre', after: '10m' }),
      aStage('security', ['dora']),
    ],
    'sre 1/2 or lead after 10m, security 1/1',
  ],
  [
    'a group',
    [{ name: 'on-call', required: 1, approvers: [{ group: 'sre-oncall' }] }],
    'on-call 1/sre-oncall',
  ],
  [
    'people and groups',
    [
      {
        ...{ name: 'sre', required: 2 },
        approvers: [{ name: 'a', hint: 'a' }, { name: 'b', hint: 'b' }, { group: 'sre' }, { group: 'leads' }],
      },
    ],
    'sre 2/2+sre+leads',
  ],
  [
    'a group by a label',
    [
      {
        name: 'team',
        required: 1,
        groupFrom: { namespaceLabel: 'company.com/team', allowed: ['team-a', 'team-b'] },
      },
    ],
    'team 1/team-a|team-b',
  ],
  [
    'one person by two names',
    [
      {
        ...{ name: 'sre', required: 1 },
        approvers: [
          { name: 'Alice', hint: 'alice' },
          { name: 'alice@company.com', hint: 'alice' },
          { name: 'b', hint: 'b' },
        ],
      },
    ],
    'sre 1/2',
  ],
  [
    'fewer people than approvals, since two names are of one person',
    [
      {
        ...{ name: 'sre', required: 2 },
        approvers: [
          { name: 'alice@company.com', hint: 'alice' },
          { name: 'al', hint: 'alice' },
        ],
      },
      aStage('lead', ['carol'], { insteadOf: 'sre', after: '10m' }),
    ],
    'sre 1 (needs 2) or lead after 10m',
  ],
  [
    'one person by two hints, of whom one subject is known',
    [
      {
        ...{ name: 'sre', required: 1 },
        approvers: [
          { name: 'alice@company.com', hint: 'alice', subject: 's-1' },
          { name: 'al', hint: 'al', subject: 's-1' },
          { name: 'a', hint: 'alice' },
          { name: 'b', hint: 'b' },
        ],
      },
    ],
    'sre 1/2',
  ],
]

for (const [what, stages, want] of rows)
  test(`${what}: ${want}`, () => {
    assert.equal(approversInShort(aPolicy({ stages })), want)
  })

test('names of any length find room in the status', () => {
  const long = 'x'.repeat(253)
  const stages = [aStage(long, ['alice', 'bob']), { name: 's', required: 1, approvers: [{ group: long }] }]
  assert.ok(approversInShort(aPolicy({ stages })).length <= 128)
})
