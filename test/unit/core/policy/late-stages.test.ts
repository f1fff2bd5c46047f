/** A policy says of an escalation that it can never come, or not for most requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { statusOf } from '../../../../src/core/policy/status.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'
import { readyProvider } from '../../../support/builders/ready-provider.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { aStage } from '../../../support/worlds/several-world.ts'

const hints = 'Whether the provider knows the approver’s hint shows at the first request.'

const sre = aStage('sre', ['alice'])
const security = aStage('security', ['bob'])
const lead = aStage('lead', ['carol'], { insteadOf: 'sre', after: '10m' })
const boss = aStage('boss', ['dora'], { insteadOf: 'security', after: '1h' })

for (const [what, stages, requestedExpiry, says] of [
  [
    'one that never comes',
    [sre, lead],
    { default: '5m', max: '5m' },
    'Nobody is asked in stage lead (after: 10m): by then every request has expired (requestedExpiry.max: 5m). ',
  ],
  [
    'one that would come at the end',
    [sre, lead],
    { default: '5m', max: '600s' },
    'Nobody is asked in stage lead (after: 10m): by then every request has expired (requestedExpiry.max: 600s). ',
  ],
  [
    'one that comes for longer requests only',
    [sre, lead],
    { default: '10m', max: '2h' },
    'A request with the default requestedExpiry (10m) that is asked at once expires before stage lead (after: 10m) opens. ',
  ],
  [
    'one of each',
    [sre, security, lead, boss],
    { default: '10m', max: '30m' },
    'Nobody is asked in stage boss (after: 1h): by then every request has expired (requestedExpiry.max: 30m). A request with the default requestedExpiry (10m) that is asked at once expires before stage lead (after: 10m) opens. ',
  ],
  [
    'two that never come',
    [sre, security, lead, boss],
    { default: '5m', max: '5m' },
    'Nobody is asked in stages lead (after: 10m) and boss (after: 1h): by then every request has expired (requestedExpiry.max: 5m). ',
  ],
  ['one in time', [sre, lead], { default: '11m', max: '2h' }, ''],
  ['none', [sre], { default: '5m', max: '5m' }, ''],
] as const satisfies readonly (readonly [
  string,
  ApprovalPolicySpec['stages'],
  ApprovalPolicySpec['requestedExpiry'],
  string,
])[])
  test(`a policy is Ready and says of escalations which are too late: ${what}`, () => {
    const policy = aPolicy({ stages, requestedExpiry })
    const around = { provider: readyProvider, groups: [], policies: [policy], namespaces: [aNamespace()] }
    const ready = statusOf(policy, around, t(5))?.conditions?.[0] ?? assert.fail()
    assert.deepEqual(
      [ready.status, ready.reason, ready.message],
      ['True', 'Accepted', `Requests that match are asked through company. ${says}${hints}`],
    )
  })
