/** Requests whose policy asks a group of which nobody can be asked. */
import type { ApprovalPolicySpec, ApproverGroup } from '../../../src/api/objects.ts'
import { aNamespace, aPolicy } from '../builders/builders.ts'
import { aGroup, alice, fromCalendar, knownGroup } from '../builders/groups.ts'
import type { World } from '../worlds/approval-world.ts'
import { rows } from './sentence.ts'

type Stage = ApprovalPolicySpec['stages'][number]

const asking: Stage = { name: 'sre', required: 1, approvers: [{ group: 'sre' }] }
const byLabel: Stage = {
  ...{ name: 'sre', required: 1 },
  groupFrom: { namespaceLabel: 'company.com/team', allowed: ['team-a', 'team-b'] },
}

function under(stage: Stage, ...groups: readonly ApproverGroup[]): (world: World) => Promise<unknown> {
  return (world) => {
    world.policies.put(aPolicy({ stages: [stage] }))
    for (const group of groups) world.groups.put(group)
    return world.settle()
  }
}

const many = Array.from({ length: 17 }, (_, index) => ({ name: `p${index}`, hint: `p${index}` }))

export const groupRows = rows(
  {
    reason: 'GroupNotReady',
    when: 'the group does not exist',
    act: under(asking),
    says: [
      'group sre, which stage sre of policy prod-promotions asks, does not exist.',
      'Ask a platform engineer to create the ApproverGroup, or to correct the policy.',
    ],
    asked: false,
  },
  {
    reason: 'GroupNotReady',
    when: 'nobody is on call',
    act: under(asking, knownGroup(aGroup('sre', { calendar: fromCalendar }), [], { reason: 'NobodyOnCall' })),
    says: [
      'needs one approval and has nobody to ask: group sre has no members (NobodyOnCall).',
      'Ask a platform engineer to look at the condition of ApproverGroup sre.',
    ],
    asked: false,
  },
  {
    reason: 'GroupStale',
    when: 'the source of the group has failed for too long',
    act: under(
      asking,
      knownGroup(aGroup('sre', { calendar: fromCalendar }), [alice], {
        ...{ reason: 'SourceUnreachable', asOfSeconds: -3600 },
      }),
    ),
    says: [
      'longer ago than its maxAge of 1h: SourceUnreachable.',
      'Ask a platform engineer to look at the condition of ApproverGroup sre.',
    ],
    asked: false,
  },
  {
    reason: 'GroupLabelMissing',
    when: 'the Namespace names no group',
    act: under(byLabel),
    says: [
      'namespace demo has no label company.com/team,',
      'Ask a platform engineer to label it with team-a or team-b.',
    ],
    asked: false,
  },
  {
    reason: 'GroupNotAllowed',
    when: 'the Namespace names a group that the policy does not allow',
    act: (world) => {
      world.namespaces.put(aNamespace({ env: 'prod', 'company.com/team': 'sre' }))
      return under(byLabel)(world)
    },
    says: [
      'names group sre by its label company.com/team, which stage sre of policy prod-promotions does not allow',
      'Ask a platform engineer to correct the label, or to allow the group.',
    ],
    asked: false,
  },
  {
    reason: 'TooManyApprovers',
    when: 'the groups of the policy are too large together',
    act: under(asking, knownGroup(aGroup('sre'), many)),
    says: [
      'names 17 people once its groups are looked up, and at most 16 are asked about a request.',
      'Ask a platform engineer to name smaller groups.',
    ],
    asked: false,
  },
)
