import { testFields } from '../../support/assertions/field-table.ts'
import { anApprovalPolicy } from '../../support/builders/manifests.ts'
import { testTransport } from '../../support/clusters/shared.ts'

const alice = { name: 'alice@company.com', hint: 'alice' }
const aStage = { name: 'sre', approvers: [alice] }

testFields(testTransport(), anApprovalPolicy, [
  [
    'takes a stand-in that is a group',
    'spec.stages',
    [aStage, { name: 'lead', approvers: [{ group: 'leads' }], insteadOf: 'sre', after: '10m' }],
  ],
  ['takes a group', 'spec.stages', [{ name: 'sre', approvers: [{ group: 'sre' }] }]],
  [
    'takes people beside groups, as many as are required or more',
    'spec.stages',
    [{ name: 'sre', required: 3, approvers: [alice, { group: 'sre' }, { group: 'sre.on-call' }] }],
  ],
  [
    'refuses a person who is a group as well',
    'spec.stages',
    [{ name: 'sre', approvers: [{ ...alice, group: 'sre' }] }],
    'spec.stages[0].approvers[0]',
    'such as {name: alice@company.com, hint: alice}, or a group, such as {group: sre}',
  ],
  [
    'refuses an approver who is nobody',
    'spec.stages',
    [{ name: 'sre', approvers: [{}] }],
    'an approver is a person with a name and a hint',
  ],
  [
    'refuses one group twice',
    'spec.stages',
    [{ name: 'sre', approvers: [{ group: 'sre' }, { group: 'sre' }] }],
    'a stage names each group once',
  ],
  [
    'refuses a group with spaces',
    'spec.stages',
    [{ name: 'sre', approvers: [{ group: 'No Such' }] }],
    'group must be the name of an ApproverGroup, such as sre',
  ],
  [
    'takes the group that a Namespace names',
    'spec.stages',
    [{ name: 'sre', groupFrom: { namespaceLabel: 'company.com/team', allowed: ['team-a', 'team-b'] } }],
  ],
  [
    'refuses a stage without anybody',
    'spec.stages',
    [{ name: 'sre' }],
    'a stage needs approvers or groupFrom, and not both',
  ],
  [
    'refuses approvers beside the group of the Namespace',
    'spec.stages',
    [{ ...aStage, groupFrom: { namespaceLabel: 'company.com/team', allowed: ['team-a'] } }],
    'a stage needs approvers or groupFrom, and not both',
  ],
  [
    'wants the groups that a Namespace may name',
    'spec.stages',
    [{ name: 'sre', groupFrom: { namespaceLabel: 'company.com/team', allowed: [] } }],
    'at least 1 items',
  ],
  [
    'refuses a label that is none',
    'spec.stages',
    [{ name: 'sre', groupFrom: { namespaceLabel: 'a b', allowed: ['team-a'] } }],
    'namespaceLabel must be the key of a label, such as company.com/team',
  ],
  [
    'refuses an allowed group that no group can be',
    'spec.stages',
    [{ name: 'sre', groupFrom: { namespaceLabel: 'team', allowed: ['Team A'] } }],
    'an allowed group must be the name of an ApproverGroup, such as team-a',
  ],
])
