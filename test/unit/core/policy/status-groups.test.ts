import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusOf } from '../../../../src/core/policy/status.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'
import { readyProvider } from '../../../support/builders/ready-provider.ts'
import { aGroup, bob, knownGroup } from '../../../support/builders/groups.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

for (const [name, stages, groups, message] of [
  [
    'a group that is missing',
    [{ name: 'sre', required: 1, approvers: [{ group: 'sre' }] }],
    [],
    'Group sre, which stage sre of policy prod-promotions asks, does not exist. Create the group, or look at its own condition. Requests wait, and resume automatically.',
  ],
  [
    'one of many groups that a Namespace may name',
    [{ name: 'sre', required: 1, groupFrom: { namespaceLabel: 'team', allowed: ['sre', 'team-b'] } }],
    [knownGroup(aGroup('sre'), [bob])],
    'Group team-b, which stage sre of policy prod-promotions asks, does not exist. Requests of Namespaces that name other groups are asked. Create the group, or look at its own condition. Requests wait, and resume automatically.',
  ],
  [
    'groups that are as they should be',
    [{ name: 'sre', required: 1, approvers: [{ group: 'sre' }] }],
    [knownGroup(aGroup('sre'), [bob])],
    'Requests that match are asked through company. Whether the provider knows the approver’s hint shows at the first request.',
  ],
] as const)
  test(`of ${name} it is said so`, () => {
    const policy = aPolicy({ stages })
    const around = { provider: readyProvider, groups, policies: [policy], namespaces: [aNamespace()] }
    assert.equal(statusOf(policy, around, t(5))?.conditions?.[0]?.message, message)
  })
